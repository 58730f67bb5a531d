package dev.ecdysis.internal.accept;

import dev.ecdysis.internal.thread.Survival;
import dev.ecdysis.spi.DrainContext;
import java.time.Duration;

/// The beginning of a drain, as its drainables are told of it. Thread-safe.
public final class DrainNotice implements DrainContext {
    private final Runnable onChange;
    private volatile long deadline;

    /// @param onChange called on whatever thread says that something has changed, as often as it does; must not block. It
    ///        is called again where there was no memory for it, or a drain would wait for its deadline
    public DrainNotice(Duration left, Runnable onChange) {
        this.onChange = onChange;
        this.deadline = System.nanoTime() + left.toNanos();
    }

    /// What is left is cut off now.
    public void endNow() {
        deadline = System.nanoTime();
    }

    @Override
    public Duration timeLeft() {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    @Override
    public void changed() {
        Survival.insist(onChange);
    }
}
