package dev.ecdysis.internal.handover;

import dev.ecdysis.Phase;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/// Who asked for what, and what came of it.
final class Ledger {
    /// How many generations may drain when an upgrade begins.
    static final int MAX_DRAINING = 2;

    static final String BEGINS_ABOVE_THE_CAP = " begins an upgrade while as many drain as may: ";
    static final String SAYS_WHAT_IS_NOT_SO = " says that a signal is heeded, and nobody heeds it: ";
    static final String REFUSES_FOR_NOTHING = " refuses an upgrade although it may begin one: ";

    private final World world;
    private final Map<Long, SimulatedProcess> open = new HashMap<>();
    private final Map<Long, SimulatedProcess> unacknowledged = new HashMap<>();
    private final Map<Long, Outcome> answers = new HashMap<>();
    private final Map<SimulatedProcess, Attempt> running = new HashMap<>();
    private final Map<SimulatedProcess, Long> pausedSince = new HashMap<>();
    private final Set<SimulatedProcess> signalled = new HashSet<>();
    private final Map<SimulatedProcess, Launch> launches = new HashMap<>();
    private final Map<SimulatedProcess, Long> killAt = new HashMap<>();
    private final Set<Launch> cutOver = new HashSet<>();
    private final Set<Launch> committed = new HashSet<>();
    private final Stops stops;
    private long requesters;
    private boolean pending;
    private boolean perhapsPending;

    Ledger(World world) {
        this.world = world;
        stops = new Stops(world);
    }

    long newRequester() {
        return ++requesters;
    }

    Stops stops() {
        return stops;
    }

    Map<Long, Outcome> answers() {
        return answers;
    }

    void handled(SimulatedProcess process, State before, Event event) {
        if (event instanceof Event.UpgradeAsked asked) {
            if (!(before instanceof State.Running)) {
                Fault.Kind trigger = asked.origin() == Origin.SIGNAL ? Fault.Kind.SIGNAL : Fault.Kind.COMMAND;
                world.coverage().happened(trigger, process, before);
            }
            if (asked.origin() == Origin.SIGNAL) {
                signal(process, before);
                if (asked.requester() != Event.UpgradeAsked.PASSED_ON) {
                    unacknowledged.put(asked.requester(), process);
                }
            } else {
                open.put(asked.requester(), process);
            }
            if (before instanceof State.Running && process.draining().size() < MAX_DRAINING
                    && !(process.state() instanceof State.Preflight)) {
                throw new Violation(process + REFUSES_FOR_NOTHING + process.draining() + " drain");
            }
        }
        if (event instanceof Event.StopAsked stop) {
            stops.asked(process, before, stop.nanos());
        }
        if (before instanceof State.Probation && process.state() instanceof State.Committing) {
            Invariants.commits(process, world.timing().heartbeatFreshness());
            Invariants.commitsToTheHealthy(process);
        }
    }

    private void signal(SimulatedProcess process, State before) {
        switch (before) {
            case State.Running running when process.state() instanceof State.Preflight -> perhapsPending = true;
            case State.TakingOver taking -> onProbation(process);
            case State.OnProbation onProbation -> onProbation(process);
            case State.Inheriting inheriting -> onProbation(process);
            case State.AwaitingCutover awaiting -> onProbation(process);
            // A commit may have been told without it; it asked a process that is not the server any more.
            case State.Committing committing -> perhapsPending = true;
            // The predecessor may serve by now, and have closed the connection.
            case State.Draining draining -> perhapsPending |= draining.cause() instanceof Cause.RolledBack;
            case State.Relinquishing relinquishing -> passOn(process);
            case State.Abandoned abandoned -> {
            }
            case State.Exited exited -> {
            }
            default -> pending = true;
        }
    }

    private void onProbation(SimulatedProcess process) {
        signalled.add(process);
        passOn(process);
    }

    private void passOn(SimulatedProcess process) {
        ChannelEnd end = process.current();
        if (end != null && !end.broken()) {
            pending = true;
        }
    }

    /// Every signal once, by the process that got it, and only one that will be heeded as such.
    void acknowledged(SimulatedProcess process, Effect.Acknowledge said) {
        if (said.requester() != Event.UpgradeAsked.PASSED_ON
                && unacknowledged.remove(said.requester()) != process) {
            throw new Violation(process + " acknowledges a signal twice, or another one's: " + said);
        }
        boolean remembered = pending || perhapsPending || signalled.contains(process);
        if (said.heeded() && !remembered && !stops.mayEnd()) {
            throw new Violation(process + SAYS_WHAT_IS_NOT_SO + said.what());
        }
    }

    /// A command that just came is as good a reason as a signal that waits; it then answers both.
    void begins(SimulatedProcess process) {
        if (!(process.state() instanceof State.Preflight preflight)) {
            throw new Violation(process + " runs its preflight in " + process.state());
        }
        boolean asked = process.handling() instanceof Event.UpgradeAsked;
        if (!asked && !pending && !perhapsPending) {
            throw new Violation(process + " begins an upgrade that nobody asked for");
        }
        if (world.living().stream()
                .anyMatch(other -> other != process && !other.stopped() && busy(other))) {
            throw new Violation(process + " begins a second upgrade");
        }
        if (process.draining().size() >= MAX_DRAINING) {
            throw new Violation(process + BEGINS_ABOVE_THE_CAP + process.draining());
        }
        pending = false;
        perhapsPending = false;
        running.put(process, preflight.attempt());
    }

    void launched(SimulatedProcess process, Launch launch) {
        launches.put(process, launch);
        world.coverage().launched();
    }

    private static boolean busy(SimulatedProcess process) {
        return switch (process.state()) {
            case State.Preflight preflight -> true;
            case State.Spawning spawning -> true;
            case State.Initialising initialising -> true;
            case State.Releasing releasing -> true;
            case State.CuttingOver cuttingOver -> true;
            case State.Ending ending -> true;
            case State.Probation probation -> true;
            case State.Recalling recalling -> true;
            case State.Killing killing -> true;
            case State.TakingBack takingBack -> true;
            case State.Inheriting inheriting -> process.loopAlive() && process.origin() != null
                    && process.origin() == process.origin().predecessor().launch();
            case null, default -> false;
        };
    }

    void cutover(SimulatedProcess process) {
        cutOver.add(process.launch());
    }

    boolean cutOver(Launch launch) {
        return cutOver.contains(launch);
    }

    /// When a process that was replaced is to be killed.
    OptionalLong killAt(SimulatedProcess process) {
        Long time = killAt.get(process);
        return time == null ? OptionalLong.empty() : OptionalLong.of(time);
    }

    void committed(SimulatedProcess process, long toBeKilledAt) {
        killAt.put(process, toBeKilledAt);
        committed.add(process.launch());
        world.refusals().committed(process.launch());
        long ended = toBeKilledAt + 2 * Timing.KILL + world.timing().latency();
        world.agenda().at(ended, () -> overstays(process));
    }

    /// Whatever became of the predecessor itself: only trouble of its successor excuses that it still runs.
    private void overstays(SimulatedProcess process) {
        if (process.alive() && world.faults().happened().stream()
                .allMatch(fault -> fault.process() == process || fault.kind() == Fault.Kind.LINGERS)) {
            throw new Violation(process + " still runs long after it was replaced");
        }
    }

    boolean committed(Launch launch) {
        return committed.contains(launch);
    }

    void owns(SimulatedProcess process) {
        if (signalled.remove(process)) {
            pending = true;
        }
    }

    void paused(SimulatedProcess process) {
        pausedSince.put(process, world.agenda().now());
    }

    void resumed(SimulatedProcess process) {
        long since = pausedSince.getOrDefault(process, world.agenda().now());
        boolean undisturbed = world.faults().happened().stream()
                .noneMatch(fault -> fault.process() == process && fault.time() >= since
                        && fault.kind() == Fault.Kind.FREEZE);
        boolean before = !cutOver.contains(process.launch());
        if (before && undisturbed && world.agenda().now() - since > Timing.RELEASE_LIMIT + 5 * Timing.WORK) {
            throw new Violation(process + " was paused for longer than release and takeback need");
        }
    }

    void report(SimulatedProcess process, Effect.Report report) {
        Outcome outcome = report.outcome();
        Attempt attempt = running.remove(process);
        if (attempt == null) {
            throw new Violation(process + " reports the end of an upgrade twice: " + outcome);
        }
        Launch launch = launches.get(process);
        boolean right = switch (outcome) {
            case Outcome.Committed yes -> committed.contains(launch);
            case Outcome.RolledBack no -> cutOver.contains(launch) && !committed.contains(launch);
            case Outcome.Failed no -> !committed.contains(launch)
                    && (no.phase() == Phase.PROBATION) == cutOver.contains(launch);
            case Outcome.Refused no -> process.handling() instanceof Event.PreflightFailed
                    || process.handling() instanceof Event.StopAsked;
        };
        if (!right) {
            throw new Violation(process + " reports what is not so: " + outcome);
        }
        if (attempt.origin() != report.origin() || attempt.requester() != report.requester()) {
            throw new Violation(process + " answers somebody else: " + report);
        }
        if (report.origin() != Origin.SIGNAL) {
            answer(report.requester(), outcome);
        }
    }

    void refused(long requester) {
        answer(requester, new Outcome.Refused("at once"));
    }

    private void answer(long requester, Outcome outcome) {
        if (open.remove(requester) == null) {
            throw new Violation("requester " + requester + " is answered twice: " + outcome);
        }
        answers.put(requester, outcome);
    }

    /// A crash may take a remembered signal along, and a connection that breaks one that is being passed on.
    void faulty(Fault.Kind kind) {
        if (pending && (kind == Fault.Kind.CRASH || kind == Fault.Kind.HANG || kind == Fault.Kind.BREAK)) {
            pending = false;
            perhapsPending = true;
        }
    }

    /// When nothing is under way any more.
    void settled(boolean served) {
        open.forEach((requester, process) -> {
            if ((process.alive() && !process.stopped()) || process.exitedByItself()) {
                throw new Violation("requester " + requester + " was never answered by " + process);
            }
        });
        unacknowledged.forEach((requester, process) -> {
            if ((process.alive() && !process.stopped()) || process.exitedByItself()) {
                throw new Violation("signal " + requester + " was never acknowledged by " + process);
            }
        });
        if (served && pending) {
            throw new Violation("a signal was forgotten");
        }
    }

    void forgetFaults() {
        stops.forget();
        perhapsPending = false;
    }
}
