package dev.ecdysis.internal.handover;

import static dev.ecdysis.internal.handover.Agenda.MILLISECOND;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The machine on which the simulated processes live: one listener, one PID file, one exclusive resource.
final class World {
    private final Agenda agenda = new Agenda();
    private final List<SimulatedProcess> processes = new ArrayList<>();
    private final List<SimulatedProcess> living = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final RandomGenerator random;
    private final Timing timing;
    private final Transitions transitions;
    private final Faults faults;
    private final Ledger ledger;
    private final Refusals refusals;
    private final Invariants invariants;
    private final Haste haste;
    private final Connections connections = new Connections(this);
    private final Coverage coverage = new Coverage();
    private final boolean traced;
    /// Whether the story begins before generation 0 is ready.
    private final boolean early;
    private @Nullable SimulatedProcess pidFile;
    private @Nullable SimulatedProcess mainProcess;
    private boolean spokenInVain;

    World(SplittableRandom seeded, Transitions transitions, boolean traced) {
        this.transitions = transitions;
        this.traced = traced;
        random = seeded.split();
        timing = Timing.draw(random);
        faults = new Faults(this, seeded.split());
        ledger = new Ledger(this);
        refusals = new Refusals(this);
        invariants = new Invariants(this);
        haste = new Haste(this);
        early = seeded.split().nextInt(8) == 0;
    }

    SimulatedProcess begin() {
        faults.plan();
        SimulatedProcess first = add(null);
        first.begin(!early);
        pidFile = first;
        mainProcess = first;
        return first;
    }

    private SimulatedProcess add(@Nullable Launch origin) {
        SimulatedProcess process = new SimulatedProcess(this, processes.size(), origin);
        processes.add(process);
        living.add(process);
        faults.born(process);
        return process;
    }

    SimulatedProcess start(Launch launch) {
        SimulatedProcess successor = add(launch);
        trace(() -> successor + " is started by " + launch.predecessor());
        ChannelEnd end = ChannelEnd.connect(this, launch.predecessor(), successor);
        launch.started(successor, end);
        successor.boot(end.other());
        return successor;
    }

    /// Tells everyone who watches a process that it has ended.
    void buried(SimulatedProcess dead, OptionalInt status) {
        living.remove(dead);
        Launch origin = dead.origin();
        if (origin != null && origin.end() != null) {
            obituary(dead, origin.predecessor(), origin, origin.end(), status);
        }
        Launch launch = dead.launch();
        if (launch != null && launch.end() != null && launch.successor() != null) {
            obituary(dead, launch.successor(), launch, launch.end().other(), status);
        }
        for (SimulatedProcess process : living) {
            if (process.older().contains(dead)) {
                process.later(Timing.OBITUARY, () -> {
                    if (!process.undecided()) {
                        process.handle(new Event.OlderEnded(process.draining()));
                    }
                });
            }
        }
        changed();
    }

    private void obituary(SimulatedProcess dead, SimulatedProcess reader, Launch handover, ChannelEnd end,
            OptionalInt status) {
        long framesRead = end.lastArrival();
        long time = Math.max(framesRead, agenda.now() + 1 + upTo(Timing.OBITUARY));
        end.cut("end of stream from " + dead);
        reader.at(time, () -> reader.peerDied(handover, status));
    }

    long ask(SimulatedProcess process, Origin origin) {
        long requester = ledger.newRequester();
        agenda.in(0, () -> process.enqueue(
                () -> process.handle(new Event.UpgradeAsked(origin, requester, process.draining()))));
        return requester;
    }

    /// A client connects.
    void connect() {
        agenda.in(upTo(15_000 * MILLISECOND), () -> {
            connections.arrive();
            changed();
        });
    }

    /// After every event and every effect.
    void changed() {
        connections.accept();
        invariants.check();
    }

    Coverage coverage() {
        return coverage;
    }

    Connections connections() {
        return connections;
    }

    void trace(Supplier<String> line) {
        if (traced) {
            trace.add("%12.6f %s".formatted(agenda.now() / 1e6, line.get()));
        }
    }

    List<String> trace() {
        return trace;
    }

    /// A number from 0 up to this one, exclusively.
    long upTo(long bound) {
        return random.nextLong(Math.max(1, bound));
    }

    boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    Optional<SimulatedProcess> process(int number) {
        return number < processes.size() ? Optional.of(processes.get(number)) : Optional.empty();
    }

    List<SimulatedProcess> living() {
        return living;
    }

    void pidFile(SimulatedProcess process) {
        pidFile = process;
    }

    @Nullable
    SimulatedProcess pidFile() {
        return pidFile;
    }

    /// As the service manager was told.
    /// As systemd has it with `NotifyAccess=main`: one that is not the main process is not listened to.
    void mainProcess(SimulatedProcess speaker, SimulatedProcess named) {
        if (mainProcess() == speaker) {
            mainProcess = named;
        } else {
            spokenInVain = true;
        }
    }

    /// When the main process has ended, systemd looks into the PID file. Only one that was killed may need that, or that
    /// came to speak so late that another one was the main process by then.
    @Nullable
    SimulatedProcess mainProcess() {
        if (mainProcess != null && !living.contains(mainProcess)) {
            if (mainProcess.exitedByItself() && !spokenInVain) {
                throw new Violation(mainProcess + " has ended, and has not named its successor");
            }
            mainProcess = pidFile();
        }
        return mainProcess;
    }

    Agenda agenda() {
        return agenda;
    }

    Timing timing() {
        return timing;
    }

    Transitions transitions() {
        return transitions;
    }

    Faults faults() {
        return faults;
    }

    Ledger ledger() {
        return ledger;
    }

    Refusals refusals() {
        return refusals;
    }

    Invariants invariants() {
        return invariants;
    }

    Haste haste() {
        return haste;
    }
}
