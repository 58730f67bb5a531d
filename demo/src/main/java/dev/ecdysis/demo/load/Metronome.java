package dev.ecdysis.demo.load;

import java.nio.channels.Selector;
import java.util.concurrent.locks.LockSupport;

/// Wakes the selector when the next request is due. A selector alone counts in whole milliseconds, which
/// would show as latency that no server caused; spinning instead would take a core away from the servers.
final class Metronome {
    private final Schedule schedule;
    private final Selector selector;
    private final long startNanos;
    private final Thread thread;
    private volatile boolean stopped;

    Metronome(Schedule schedule, Selector selector, long startNanos) {
        this.schedule = schedule;
        this.selector = selector;
        this.startNanos = startNanos;
        thread = Thread.ofPlatform().daemon().name("load-metronome").unstarted(this::beat);
    }

    void start() {
        thread.start();
    }

    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    private void beat() {
        long next = 0;
        while (!stopped && next < schedule.count()) {
            long left = schedule.due(next) - (System.nanoTime() - startNanos);
            if (left > 0) {
                LockSupport.parkNanos(this, left);
            } else {
                // One call for all that have come due while we slept.
                while (next < schedule.count() && schedule.due(next) <= System.nanoTime() - startNanos) {
                    next++;
                }
                selector.wakeup();
            }
        }
    }
}
