package dev.ecdysis.internal.handover;

import static dev.ecdysis.internal.handover.Agenda.SECOND;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What must hold whatever goes wrong.
final class Invariants {
    /// Longer than any chain of limits, the initialisation of a successor whose predecessor died included.
    private static final long STALL = 40 * SECOND;

    static final String COMMITS_TO_THE_SILENT = " commits to what is silent: ";
    static final String COMMITS_UNCHECKED = " commits before a health check has answered: ";
    static final String DOES_NOT_ANSWER = " does not answer at the control socket in ";
    static final String DOES_NOT_SERVE = " does not serve in ";

    private final World world;
    private final Set<SimulatedProcess> orphans = new HashSet<>();
    private long unservedSince;
    private boolean served = true;

    Invariants(World world) {
        this.world = world;
    }

    /// After every event and every effect.
    void check() {
        int accepting = 0;
        int answering = 0;
        int resources = 0;
        boolean descriptor = false;
        boolean servedNow = false;
        List<SimulatedProcess> living = world.living();
        for (int i = 0; i < living.size(); i++) {
            SimulatedProcess process = living.get(i);
            accepting += process.accepting() ? 1 : 0;
            answering += process.answering() ? 1 : 0;
            resources += process.resource() ? 1 : 0;
            descriptor |= process.descriptor();
            servedNow |= process.serves();
            process(process);
        }
        if (accepting > 1) {
            throw new Violation("two processes accept: "
                    + living.stream().filter(SimulatedProcess::accepting).toList());
        }
        if (answering > 1) {
            throw new Violation("two processes answer at the control socket: "
                    + living.stream().filter(SimulatedProcess::answering).toList());
        }
        if (resources > 1) {
            throw new Violation("two processes hold the exclusive resource: "
                    + living.stream().filter(SimulatedProcess::resource).toList());
        }
        if (!descriptor && !excused()) {
            throw new Violation("nobody has the listener open");
        }
        stall(servedNow);
    }

    private void stall(boolean servedNow) {
        if (servedNow == served) {
            return;
        }
        served = servedNow;
        long now = world.agenda().now();
        if (!served) {
            unservedSince = now;
        } else if (now - Math.max(unservedSince, world.faults().last()) > STALL
                && !excused()) {
            throw new Violation("nobody accepted for " + (now - unservedSince) / SECOND + " s");
        }
    }

    private static void process(SimulatedProcess process) {
        State state = process.state();
        int outcomes = process.application().outcomes();
        if (outcomes > 1) {
            throw new Violation("ready() of " + process + " ended " + outcomes + " times");
        }
        if (process.idle() && state instanceof State.Draining && process.descriptor()) {
            throw new Violation(process + " drains with the listener open");
        }
        if (process.idle() && state instanceof State.Running && !process.timers().armed().isEmpty()) {
            throw new Violation(process + " runs on with timers " + process.timers().armed());
        }
        if (process.idle() && process.engine().beating() != state instanceof State.OnProbation) {
            throw new Violation(process + (process.engine().beating() ? " beats in " : " does not beat in ") + state);
        }
        if (process.idle() && process.engine().reporting() != state instanceof State.Probation) {
            throw new Violation(
                    process + (process.engine().reporting() ? " reports in " : " does not report in ") + state);
        }
        if (process.idle() && !process.answering() && mustAnswer(state)) {
            throw new Violation(process + DOES_NOT_ANSWER + state);
        }
        if (process.idle() && !process.stopped() && mustServe(state) && !(process.accepting() && process.resource())) {
            throw new Violation(process + DOES_NOT_SERVE + state);
        }
    }

    /// Nobody else can, while it initialises.
    private static boolean mustAnswer(@Nullable State state) {
        return state instanceof State.Running
                || (state instanceof State.Inheriting inheriting && inheriting.peer() == State.Peer.DEAD);
    }

    /// Whatever becomes of the successor until it is ready, its predecessor serves all the while.
    private static boolean mustServe(@Nullable State state) {
        return switch (state) {
            case State.Running running -> true;
            case State.Preflight preflight -> true;
            case State.Spawning spawning -> true;
            case State.Initialising initialising -> true;
            case State.Ending ending -> !ending.takingBack();
            case null, default -> false;
        };
    }

    /// When it decides to commit. The successor may have been silent since its last beat that counts.
    static void commits(SimulatedProcess process, Duration tolerated) {
        Launch launch = process.launch();
        SimulatedProcess successor = launch == null ? null : launch.successor();
        if (successor != null && successor.alive() && successor.silentFor() > tolerated.toNanos()) {
            throw new Violation(
                    process + COMMITS_TO_THE_SILENT + successor + " for " + successor.silentFor() / 1e6 + " s");
        }
    }

    static void commitsToTheHealthy(SimulatedProcess process) {
        Launch launch = process.launch();
        SimulatedProcess successor = launch == null ? null : launch.successor();
        if (successor != null && !successor.application().healthy()) {
            throw new Violation(process + COMMITS_UNCHECKED + successor);
        }
    }

    /// When nothing is under way any more.
    void settled() {
        List<SimulatedProcess> living = world.living();
        List<SimulatedProcess> servers = living.stream().filter(SimulatedProcess::accepting).toList();
        if (servers.isEmpty() && !excused()) {
            throw new Violation("nobody accepts any more");
        }
        for (SimulatedProcess process : living) {
            if (nobodyLeftToEnd(process)) {
                orphans.add(process);
            }
            if (!servers.contains(process) && !orphans.contains(process)) {
                throw new Violation(process + " is left over in " + process.state());
            }
            if (process.origin() != null && process.application().outcomes() == 0 && !process.stopped()
                    && !(process.state() instanceof State.Inheriting)) {
                throw new Violation("ready() of " + process + " never ended");
            }
        }
        boolean serves = servers.size() == 1 && servers.getFirst().serves();
        if (serves) {
            server(servers.getFirst());
        } else if (!servers.isEmpty() && !excused()) {
            throw new Violation(servers.getFirst() + " does not accept any more");
        }
        world.ledger().settled(serves);
    }

    private boolean excused() {
        Optional<Stops.Excuse> excuse = world.ledger().stops().excuse();
        excuse.ifPresent(world.coverage()::excused);
        return excuse.isPresent();
    }

    private void server(SimulatedProcess server) {
        if (world.ledger().stops().mustEnd()) {
            throw new Violation("the stop did not reach " + server);
        }
        if (!(server.state() instanceof State.Running(boolean signalled)) || signalled) {
            throw new Violation(server + " serves in " + server.state());
        }
        if (world.pidFile() != server) {
            throw new Violation("the PID file names " + world.pidFile() + " instead of " + server);
        }
        if (world.mainProcess() != server) {
            throw new Violation("the service manager takes " + world.mainProcess() + " for " + server);
        }
        if (!server.resource()) {
            throw new Violation(server + " lacks the exclusive resource");
        }
        if (world.connections().queued() > 0) {
            throw new Violation("connections were not accepted");
        }
        if (server.handover() != null) {
            throw new Violation(server + " still has a handover");
        }
    }

    /// A process that hangs outlives those that would have ended it, when they died themselves.
    private boolean nobodyLeftToEnd(SimulatedProcess process) {
        List<Fault.Happened> faults = world.faults().happened();
        boolean hangs = faults.stream().anyMatch(fault -> fault.process() == process && switch (fault.kind()) {
            case HANG, NEVER_READY, LINGERS, SILENCE -> true;
            default -> false;
        });
        boolean alone = faults.stream().anyMatch(fault -> fault.process() != process && switch (fault.kind()) {
            case CRASH, HANG -> true;
            default -> false;
        });
        return hangs && alone;
    }
}
