package dev.ecdysis.internal.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What is to happen at a time. For one thread, and for a handful of entries: a list is enough.
public final class Timers {
    private final List<Handle> handles = new ArrayList<>();

    /// Something scheduled.
    public final class Handle {
        private final Runnable action;
        private final boolean patience;
        private long at;

        private Handle(long at, Runnable action, boolean patience) {
            this.at = at;
            this.action = action;
            this.patience = patience;
        }

        /// Makes it not happen. Without effect once it has.
        public void cancel() {
            handles.remove(this);
        }
    }

    Handle schedule(long at, Runnable action, boolean patience) {
        Handle handle = new Handle(at, action, patience);
        handles.add(handle);
        return handle;
    }

    void extendPatience(long nanos) {
        for (Handle handle : handles) {
            handle.at += handle.patience ? nanos : 0;
        }
    }

    /// How long to wait for the next one, rounded up, so that it is due then.
    int millisUntilNext(int atMost) {
        Handle next = next();
        if (next == null) {
            return atMost;
        }
        long nanos = next.at - System.nanoTime();
        return nanos <= 0 ? 0 : (int) Math.min(atMost, Duration.ofNanos(nanos + 999_999).toMillis());
    }

    boolean isDue(long now) {
        Handle next = next();
        return next != null && next.at - now <= 0;
    }

    /// Runs what was due at that time, the earliest first. An action may cancel or schedule others.
    ///
    /// @param runner says whether an action is done with; one that is not stays due, and the others after it
    void runDue(long now, Predicate<Runnable> runner) {
        boolean more = true;
        for (Handle next = next(); more && next != null && next.at - now <= 0; next = next()) {
            handles.remove(next);
            more = runner.test(next.action);
            if (!more) {
                handles.add(next);
            }
        }
    }

    private @Nullable Handle next() {
        Handle earliest = null;
        for (Handle handle : handles) {
            if (earliest == null || handle.at - earliest.at < 0) {
                earliest = handle;
            }
        }
        return earliest;
    }
}
