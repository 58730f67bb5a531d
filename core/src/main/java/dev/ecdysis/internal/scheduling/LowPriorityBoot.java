package dev.ecdysis.internal.scheduling;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Keeps the compilers of a successor at low priority while it boots: until it serves, and no longer than a time limit,
/// because on a busy machine they would otherwise get nothing. On the loop's thread.
public final class LowPriorityBoot {
    private static final System.Logger LOG = Log.of(LowPriorityBoot.class);
    /// A JVM starts its compilers some 40 ms after its process began; nothing tells when.
    private static final Duration INTERVAL = Duration.ofMillis(5);

    private final EventLoop loop;
    private final CompilerThreads compilers;
    private final Timers.Handle limit;
    private Timers.@Nullable Handle next;
    private boolean found;
    private boolean over;

    public LowPriorityBoot(EventLoop loop, CompilerThreads compilers, Duration atMost) {
        this.loop = loop;
        this.compilers = compilers;
        this.limit = loop.schedule(atMost, this::end);
        this.next = loop.schedule(INTERVAL, this::look);
    }

    private void look() {
        boolean more = lower();
        boolean complete = found && !more;
        found |= more;
        next = complete ? null : loop.schedule(INTERVAL, this::look);
    }

    private boolean lower() {
        try {
            return compilers.lower();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the new process boots at normal priority", e);
            return false;
        }
    }

    /// The JVM has booted: all compilers that it starts with are there.
    public void booted() {
        if (stopLooking()) {
            lower();
        }
    }

    /// @return whether it was still looking
    private boolean stopLooking() {
        Timers.Handle pending = next;
        next = null;
        if (pending != null) {
            pending.cancel();
        }
        return pending != null;
    }

    /// The process counts as much as this one from now on.
    ///
    /// @return whether it does
    public boolean end() {
        if (over) {
            return true;
        }
        forget();
        try {
            compilers.raise();
            over = true;
            return true;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the new process stays at low priority: {0}", e.getMessage());
            return false;
        }
    }

    /// The process has ended.
    public void forget() {
        limit.cancel();
        var _ = stopLooking();
    }
}
