package dev.ecdysis.internal.handover;

import static dev.ecdysis.internal.handover.Agenda.SECOND;

import java.util.List;

/// The program in a simulated successor: initialises, calls `ready()`, and exits when that throws.
final class Application {
    private final World world;
    private final SimulatedProcess process;
    private final boolean checks;
    private boolean initialised;
    private boolean healthy;
    private int returned;
    private int thrown;

    Application(World world, SimulatedProcess process) {
        this.world = world;
        this.process = process;
        checks = world.oneIn(2);
    }

    void begin() {
        if (!world.faults().bites(process, Fault.Kind.NEVER_READY)) {
            process.later(world.oneIn(8) ? 10 * SECOND : SECOND, this::ready);
        }
    }

    private void ready() {
        initialised = true;
        if (thrown > 0) {
            exit();
        } else {
            process.handle(new Event.ApplicationReady(List.of("http"), 0, 0));
        }
    }

    /// `fail(reason)`, which the program may call at any time.
    void refuse() {
        process.handle(new Event.ApplicationFailed("simulated"));
    }

    /// Whether it has a health check.
    boolean checks() {
        return checks;
    }

    /// Answers late at times, later than silence may last. One that hangs is refused at its limit by this process, unless
    /// that fails too and leaves it to the other.
    void check(Runnable answered, Runnable refused) {
        if (world.faults().bites(process, Fault.Kind.CHECK_HANGS)) {
            if (!world.oneIn(3)) {
                process.at(world.agenda().now() + Timing.CHECK_LIMIT, () -> {
                    refused.run();
                    refuse();
                });
            }
            return;
        }
        process.later(world.oneIn(4) ? Timing.CHECK_LIMIT - SECOND : world.timing().heartbeat(), () -> {
            healthy = true;
            answered.run();
        });
    }

    /// Whether nothing speaks against keeping it.
    boolean healthy() {
        return healthy || !checks;
    }

    void readyReturns() {
        returned++;
    }

    void readyThrows() {
        thrown++;
        if (initialised) {
            exit();
        }
    }

    private void exit() {
        if (!world.faults().bites(process, Fault.Kind.LINGERS)) {
            process.later(Timing.WORK, () -> process.exit(1));
        }
    }

    /// How often `ready()` ended in one way or the other.
    int outcomes() {
        return returned + thrown;
    }
}
