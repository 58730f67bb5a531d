package dev.ecdysis.internal.handover;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A new version that says no is heard, and a successor that lets go may finish what it has begun.
final class Refusals {
    private static final Set<Fault.Kind> ONLY_REFUSED = EnumSet.of(Fault.Kind.REFUSE, Fault.Kind.TAKE_FAILS,
            Fault.Kind.CHECK_HANGS);

    private final World world;
    private final Map<Launch, Long> refused = new HashMap<>();
    private final Set<Launch> heard = new HashSet<>();
    private final Set<Launch> letGo = new HashSet<>();
    private final Set<Launch> tooLateToBeRecalled = new HashSet<>();

    Refusals(World world) {
        this.world = world;
    }

    void handled(SimulatedProcess process, State before, Event event) {
        Launch handover = process.handover();
        switch (event) {
            case Event.ApplicationFailed failed when process.undecided() && !(before instanceof State.Draining) ->
                refused.putIfAbsent(handover, world.agenda().now());
            case Event.FailArrived failed when !(before instanceof State.Draining) -> {
                heard.add(handover);
                if (before instanceof State.Committing) {
                    tooLateToBeRecalled.add(handover);
                }
            }
            case Event.PausedArrived paused when !(before instanceof State.Draining) -> letGo.add(handover);
            default -> {
            }
        }
    }

    void committed(Launch handover) {
        if (heard.contains(handover)) {
            throw new Violation("a version is committed that is known to have refused");
        }
        Long since = refused.get(handover);
        boolean late = since != null && world.agenda().now() > since + world.timing().latency() + 1;
        Set<Fault.Kind> faults = faults(handover);
        if (late && !faults.contains(Fault.Kind.FREEZE) && !faults.contains(Fault.Kind.HANG)) {
            throw new Violation("a version is committed that refused long before");
        }
    }

    void killed(Launch handover) {
        SimulatedProcess successor = handover.successor();
        if (successor == null || !successor.alive() || !world.ledger().cutOver(handover)) {
            return;
        }
        if (letGo.contains(handover)) {
            throw new Violation("a successor is killed that had let go");
        }
        Set<Fault.Kind> faults = faults(handover);
        if (!tooLateToBeRecalled.contains(handover) && !faults.isEmpty() && ONLY_REFUSED.containsAll(faults)) {
            throw new Violation("a successor is killed that only refused");
        }
    }

    private Set<Fault.Kind> faults(Launch handover) {
        return world.faults().happened().stream().filter(fault -> fault.handover() == handover)
                .map(Fault.Happened::kind).collect(Collectors.toSet());
    }
}
