package dev.ecdysis.internal.accept;

/// How long not to accept after accept failed, for lack of descriptors or memory: 5 ms, doubling to 500 ms.
///
/// A listener with waiting connections is always ready, so without a pause its thread would spin. Not
/// thread-safe.
final class Backoff {
    private static final long FIRST = 5_000_000L;
    private static final long LONGEST = 500_000_000L;

    private long delay = FIRST;
    private long until;
    private boolean active;

    /// Another failure: wait from `now` on, twice as long as the last time.
    void failed(long now) {
        until = now + delay;
        active = true;
        delay = Math.min(2 * delay, LONGEST);
    }

    /// Accepting works again.
    void reset() {
        delay = FIRST;
    }

    boolean isActive() {
        return active;
    }

    long remaining(long now) {
        return until - now;
    }

    /// Whether there is nothing to wait for, any more or at all.
    boolean isOver(long now) {
        if (active && now - until >= 0) {
            active = false;
        }
        return !active;
    }
}
