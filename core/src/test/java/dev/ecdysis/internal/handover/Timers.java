package dev.ecdysis.internal.handover;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/// The time limits that a process waits for. One that was stopped or started anew does not fire any more, even when it
/// had passed already.
final class Timers {
    private final World world;
    private final SimulatedProcess process;
    private final Map<Timer, Long> armed = new EnumMap<>(Timer.class);
    private long armings;

    Timers(World world, SimulatedProcess process) {
        this.world = world;
        this.process = process;
    }

    void start(Timer timer, long duration) {
        long arming = ++armings;
        armed.put(timer, arming);
        world.agenda().in(duration, () -> process.enqueueExpired(() -> fire(timer, arming)));
    }

    private void fire(Timer timer, long arming) {
        if (armed.remove(timer, arming)) {
            process.handle(new Event.TimerFired(timer));
        }
    }

    void stop(Timer timer) {
        armed.remove(timer);
    }

    Set<Timer> armed() {
        return armed.keySet();
    }
}
