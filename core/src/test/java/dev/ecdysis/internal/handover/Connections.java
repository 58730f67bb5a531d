package dev.ecdysis.internal.handover;

import java.util.HashMap;
import java.util.Map;

/// What clients have with the service: some wait in the accept queue, the others some process holds until it has drained
/// or is ended by force.
final class Connections {
    static final String DROPS = " drops connections: ";

    private final World world;
    private final Map<SimulatedProcess, Integer> held = new HashMap<>();
    private int queued;

    Connections(World world) {
        this.world = world;
    }

    void arrive() {
        queued++;
    }

    int queued() {
        return queued;
    }

    /// Whoever serves takes them all.
    void accept() {
        if (queued == 0) {
            return;
        }
        world.living().stream().filter(SimulatedProcess::serves).findFirst().ifPresent(process -> {
            held.merge(process, queued, Integer::sum);
            queued = 0;
        });
    }

    /// They have ended, or were told to at the deadline.
    void drained(SimulatedProcess process) {
        held.remove(process);
    }

    void exits(SimulatedProcess process) {
        if (held.containsKey(process)) {
            throw new Violation(process + DROPS + held.get(process) + " are left when it exits");
        }
    }

    /// Only something that went wrong with the handover, or on either side of it, is a reason to.
    void killed(SimulatedProcess victim, SimulatedProcess killer) {
        boolean reason = world.faults().happened().stream().anyMatch(fault -> fault.process() == victim
                || fault.process() == killer || (fault.handover() != null
                        && (fault.handover() == victim.origin() || fault.handover() == victim.launch())));
        if (held.containsKey(victim) && !reason) {
            throw new Violation(victim + DROPS + held.get(victim) + " are left when " + killer + " kills it");
        }
    }
}
