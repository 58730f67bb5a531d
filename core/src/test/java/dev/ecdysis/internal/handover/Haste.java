package dev.ecdysis.internal.handover;

import static dev.ecdysis.internal.handover.Agenda.SECOND;

/// Asks for the next upgrade while the last one's predecessor still drains. It tries to in three stories of five; where no
/// fault and no short drain prevents it, which leaves one in four, somebody drains still.
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
