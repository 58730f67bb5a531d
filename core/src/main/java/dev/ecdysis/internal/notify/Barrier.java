package dev.ecdysis.internal.notify;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Waits until the service manager has read all that was sent before, as
/// [sd_notify_barrier(3)](https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html) does: it gets the end of
/// a pipe, which it closes when it comes to that. What a process said that has ended it may not know whose it was. On
/// the loop's thread.
final class Barrier {
    private static final System.Logger LOG = Log.of(Barrier.class);
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Posix posix;
    private final EventLoop loop;
    private @Nullable Fd end;
    private EventLoop.@Nullable Watch watch;
    private Timers.@Nullable Handle limit;
    private @Nullable Runnable then;

    Barrier(Posix posix, EventLoop loop) {
        this.posix = posix;
        this.loop = loop;
    }

    /// One at a time. One that cannot be made is not waited for.
    void send(Outgoing outgoing) {
        try (FdPair pipe = posix.pipe2()) {
            Fd theirs = Fd.own(posix, pipe.second().release());
            Fd ours = Fd.own(posix, pipe.first().release());
            end = ours;
            outgoing.send("BARRIER=1", List.of(theirs));
            watch = loop.watch(ours, Linux.POLLIN, this::over);
            limit = loop.schedule(LIMIT, this::late);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "whether the service manager reads is not known: " + e.getMessage());
        }
    }

    /// Once it is over, or at once.
    void afterwards(Runnable action) {
        if (end == null) {
            action.run();
        } else {
            then = action;
        }
    }

    private void late() {
        LOG.log(System.Logger.Level.WARNING, "the service manager does not read within " + LIMIT.toSeconds()
                + " s what it was told, and may not know of the new version; look after it");
        over();
    }

    private void over() {
        close();
        Runnable action = then;
        then = null;
        if (action != null) {
            action.run();
        }
    }

    void close() {
        if (watch != null) {
            watch.close();
            watch = null;
        }
        if (limit != null) {
            limit.cancel();
            limit = null;
        }
        if (end != null) {
            end.close();
            end = null;
        }
    }
}
