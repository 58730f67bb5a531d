package dev.ecdysis.internal.handover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether the service may end, or must.
final class Stops {
    static final String CUTS_OFF_AT_ONCE = " cuts its connections off at the first stop: ";

    private final World world;
    private final List<Asked> asked = new ArrayList<>();

    /// @param noted in nanoseconds, as the event says
    /// @param time when it was handled
    private record Asked(SimulatedProcess process, State before, @Nullable Launch handover, long noted, long time) {
        /// A process that serves no more, or never did, speaks only for itself.
        boolean counts() {
            return !(before instanceof State.Draining || before instanceof State.Exited
                    || before instanceof State.Abandoned);
        }
    }

    Stops(World world) {
        this.world = world;
    }

    /// @param noted when it came, perhaps long before it was handled
    void asked(SimulatedProcess process, State before, long noted) {
        asked.add(new Asked(process, before, process.handover(), noted, world.agenda().now()));
    }

    /// The first stop drains, whoever else was stopped as well, and however often it is said at that moment.
    void cutsOff(SimulatedProcess process) {
        LongSummaryStatistics times = asked.stream().filter(stop -> stop.process() == process)
                .mapToLong(Asked::noted).summaryStatistics();
        if (times.getCount() < 2 || times.getMax() - times.getMin() < Duration.ofSeconds(1).toNanos()) {
            throw new Violation(process + CUTS_OFF_AT_ONCE + process.state());
        }
    }

    void forget() {
        asked.clear();
    }

    /// Why the service may end.
    enum Excuse {
        /// Somebody stopped it.
        ASKED,
        /// Its only process died or hangs.
        ALONE,
        /// Its predecessor died while something else was wrong with their handover as well.
        TWICE
    }

    boolean mayEnd() {
        return excuse().isPresent();
    }

    Optional<Excuse> excuse() {
        if (asked.stream().anyMatch(stop -> stop.counts() || stop.process().undecided())) {
            return Optional.of(Excuse.ASKED);
        }
        List<Fault.Happened> faults = world.faults().happened();
        if (faults.stream().anyMatch(this::ofTheOnlyProcess)) {
            return Optional.of(Excuse.ALONE);
        }
        return faults.stream().anyMatch(
                fault -> fault.kind() == Fault.Kind.CRASH && fault.predecessor() && spoiled(fault))
                        ? Optional.of(Excuse.TWICE) : Optional.empty();
    }

    private boolean ofTheOnlyProcess(Fault.Happened fault) {
        return switch (fault.kind()) {
            case CRASH -> fault.sole();
            case HANG, SILENCE -> fault.sole() || world.ledger().committed(fault.handover());
            default -> false;
        };
    }

    private boolean spoiled(Fault.Happened crash) {
        return world.faults().happened().stream().anyMatch(other -> !other.equals(crash) && other.handover() != null
                && other.handover() == crash.handover());
    }

    /// A stop reached a side of a handover that could tell the other one.
    boolean mustEnd() {
        return asked.stream().anyMatch(stop -> stop.counts() && !wasTooLate(stop) && world.faults().happened().stream()
                .noneMatch(fault -> silences(fault, stop)));
    }

    /// The server is the successor by then.
    private boolean wasTooLate(Asked stop) {
        return stop.before() instanceof State.Committing && stop.handover() != null
                && world.ledger().committed(stop.handover());
    }

    private static boolean silences(Fault.Happened fault, Asked stop) {
        if (fault.handover() != stop.handover() && fault.process() != stop.process()) {
            return false;
        }
        return switch (fault.kind()) {
            case CRASH, BREAK -> true;
            case FREEZE, HANG -> fault.time() >= stop.time();
            default -> false;
        };
    }
}
