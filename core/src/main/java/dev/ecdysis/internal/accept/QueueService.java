package dev.ecdysis.internal.accept;

import java.time.Duration;

/// When a listener that newcomers no longer reach has served what was left in its accept queue: after a quiet
/// period without a connection, and at the latest after a time limit. Not thread-safe.
final class QueueService {
    private final long quiet;
    private final long deadline;
    private final Runnable then;
    private long quietSince;

    QueueService(Duration quiet, Duration atMost, Runnable then) {
        this.quiet = quiet.toNanos();
        this.quietSince = System.nanoTime();
        this.deadline = quietSince + atMost.toNanos();
        this.then = then;
    }

    /// What to do when it is over.
    Runnable then() {
        return then;
    }

    /// @param empty whether all queues were found empty just now
    boolean isOver(long now, boolean empty) {
        if (!empty) {
            quietSince = now;
        }
        return now - deadline >= 0 || (empty && now - quietSince >= quiet);
    }

    long remaining(long now) {
        return Math.min(quietSince + quiet - now, deadline - now);
    }
}
