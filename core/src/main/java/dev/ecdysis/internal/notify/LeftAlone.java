package dev.ecdysis.internal.notify;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.process.ForkHelper;
import dev.ecdysis.internal.process.SuccessorProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A new version whose predecessor was killed before it could name it. systemd looks into the PID file then, as it collects
/// the dead process, and nobody is heard before that. What it finds there is the child of a [ForkHelper] and not its own,
/// which it does not ask again as long as the main process is the same. So that is the helper for a moment: when it has
/// ended, systemd looks into the PID file once more, and this process is its own child. On the loop's thread.
final class LeftAlone {
    private static final System.Logger LOG = Log.of(LeftAlone.class);
    private static final Duration LOOK = Duration.ofMillis(10);
    /// Another one than systemd may leave it for longer.
    private static final int MOST_LOOKS = 500;

    private final Posix posix;
    private final EventLoop loop;
    private final Outgoing outgoing;
    private final Barrier barrier;
    private final Runnable then;
    private @Nullable Fd helper;
    private Timers.@Nullable Handle next;
    private boolean over;

    /// @param then called once the service manager knows whose process this is, as far as that can be had
    LeftAlone(Posix posix, EventLoop loop, Outgoing outgoing, Runnable then) {
        this.posix = posix;
        this.loop = loop;
        this.outgoing = outgoing;
        this.barrier = new Barrier(posix, loop);
        this.then = then;
    }

    void begin(Optional<Long> predecessor) {
        if (predecessor.isPresent()) {
            onceCollected(predecessor.get(), this::nameHelper, MOST_LOOKS);
        } else {
            nameHelper();
        }
    }

    /// Nothing but its absence tells of it.
    private void onceCollected(long pid, Runnable action, int looks) {
        if (looks > 0 && Files.exists(Path.of("/proc", Long.toString(pid)))) {
            next = loop.schedule(LOOK, () -> onceCollected(pid, action, looks - 1));
        } else {
            next = null;
            action.run();
        }
    }

    private void nameHelper() {
        try {
            Optional<ForkHelper> above = ForkHelper.aboveThisProcess(posix);
            if (above.isPresent()) {
                int pid = above.get().pid();
                helper = above.get().pidfd();
                outgoing.send("MAINPID=" + pid);
                barrier.send(outgoing);
                barrier.afterwards(() -> endHelper(pid));
                return;
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING,
                    "systemd may give this process no time to end when the unit is stopped,"
                            + " because another process is its parent, restart the unit: " + e.getMessage());
        }
        then.run();
    }

    private void endHelper(int pid) {
        Fd pidfd = helper;
        if (pidfd != null && !over) {
            SuccessorProcess.kill(posix, pidfd);
            pidfd.close();
            helper = null;
            onceCollected(pid, then, MOST_LOOKS);
        }
    }

    void close() {
        over = true;
        if (next != null) {
            next.cancel();
        }
        barrier.close();
        if (helper != null) {
            helper.close();
        }
    }
}
