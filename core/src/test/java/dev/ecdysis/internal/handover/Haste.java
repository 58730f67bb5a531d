package dev.ecdysis.internal.handover;

import static dev.ecdysis.internal.handover.Agenda.SECOND;

/// Asks whoever has taken over for the next upgrade, in three stories of five. In one of four the predecessor still drains
/// then; in the others a fault or a short drain comes before.
final class Haste {
    private final World world;
    private int upgrades;

    Haste(World world) {
        this.world = world;
        upgrades = world.upTo(5) < 3 ? 1 + (int) world.upTo(3) : 0;
    }

    /// A process is on its own.
    void owns(SimulatedProcess process) {
        if (upgrades > 0) {
            upgrades--;
            Origin origin = world.oneIn(2) ? Origin.SIGNAL : Origin.COMMAND;
            world.agenda().in(world.upTo(SECOND), () -> world.ask(process, origin));
        }
    }

    /// From now on nobody is in a hurry.
    void end() {
        upgrades = 0;
    }
}
