package dev.ecdysis.internal.accept;

import java.util.concurrent.atomic.AtomicLong;

/// Keeps a warning that could come thousands of times a second from filling the log.
final class OncePerSecond {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong next = new AtomicLong(System.nanoTime());

    /// True for the first caller, and then once for each second that has passed.
    boolean isDue() {
        long now = System.nanoTime();
        long due = next.get();
        return now - due >= 0 && next.compareAndSet(due, now + SECOND);
    }
}
