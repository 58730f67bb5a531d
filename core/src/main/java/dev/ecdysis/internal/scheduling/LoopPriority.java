package dev.ecdysis.internal.scheduling;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Puts the loop's thread before all others for the moment of a cutover: connections wait until it has been woken, and
/// on a machine with load that takes longer than what it then does.
///
/// With the lowest nice value, so where that is allowed (`CAP_SYS_NICE`, or an `RLIMIT_NICE` of 40), and only for a
/// server that has the usual one. On the loop's thread.
public final class LoopPriority {
    private static final System.Logger LOG = Log.of(LoopPriority.class);
    private static final int USUAL = 0;
    private static final int FIRST = -20;
    /// A cutover takes a few milliseconds, unless the application has something to let go of first.
    private static final Duration AT_MOST = Duration.ofMillis(50);

    private final Posix posix;
    private final EventLoop loop;
    private Timers.@Nullable Handle limit;

    public LoopPriority(Posix posix, EventLoop loop) {
        this.posix = posix;
        this.loop = loop;
    }

    /// From now on, until [#end()] and for 50 ms at most. Where it is not allowed, without effect.
    public void begin() {
        if (limit != null) {
            return;
        }
        try {
            if (posix.schedulerOf(0) == Linux.SCHED_OTHER && posix.nice() == USUAL) {
                posix.setNice(FIRST);
                limit = loop.schedule(AT_MOST, this::end);
            }
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.DEBUG, "a cutover is not put before other work", e);
        }
    }

    public void end() {
        if (limit == null) {
            return;
        }
        limit.cancel();
        try {
            posix.setNice(USUAL);
            limit = null;
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.WARNING, "the event loop stays before other work: " + e.getMessage());
            limit = loop.schedule(AT_MOST, this::end);
        }
    }
}
