package dev.ecdysis.internal.sides;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.internal.log.SafeLog;
import dev.ecdysis.internal.loop.Errand;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.process.SuccessorProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A successor that is being started, on a thread of its own: posix_spawn(3) waits until exec has read the program, for as
/// long as a file system hangs, and after a failure for the end of what was started.
///
/// It may be given up meanwhile. One that is started all the same is killed.
final class Start extends Errand {
    private static final System.Logger LOG = Log.of(Start.class);
    private static final Duration WITHOUT_THREADS = Duration.ofMillis(100);

    private final Posix posix;
    private final EventLoop loop;
    private final Launch launch;
    private final Owner owner;
    private volatile boolean givenUp;
    private @Nullable SuccessorProcess started;

    /// How it is started, for as long as that takes.
    @FunctionalInterface
    interface Launch {
        SuccessorProcess start() throws IOException;
    }

    /// Who wants it. Called on the loop's thread, unless it was given up: once, or again with the same when there was no
    /// memory for it.
    interface Owner {
        void started(SuccessorProcess process);

        /// There is no process.
        ///
        /// @param errno of the system call that failed, if it was one
        void failed(String why, Optional<Errno> errno);
    }

    public Start(Posix posix, EventLoop loop, Launch launch, Owner owner) {
        super(loop);
        this.posix = posix;
        this.loop = loop;
        this.launch = launch;
        this.owner = owner;
    }

    public void begin() {
        start("ecdysis-spawn");
    }

    @Override
    public boolean isPointless() {
        return givenUp;
    }

    @Override
    public void work() throws IOException {
        if (!givenUp) {
            started = launch.start();
        }
    }

    @Override
    public void over(@Nullable Throwable failed) {
        SuccessorProcess process = started;
        if (givenUp) {
            undo(process);
        } else if (process != null) {
            owner.started(process);
        } else if (failed instanceof IOException) {
            owner.failed(String.valueOf(failed.getMessage()), PosixException.behind(failed));
        } else if (failed != null) {
            owner.failed(OneLine.of(failed), Optional.empty());
        }
    }

    private void undo(@Nullable SuccessorProcess process) {
        if (process == null) {
            return;
        }
        try {
            Thread.ofPlatform().daemon().name("ecdysis-spawn-undo").start(() -> end(process));
        } catch (OutOfMemoryError e) { // the limit of threads is reported as this
            SafeLog.log(LOG, "no thread can be started yet to end process", process.pid(), e);
            loop.schedule(WITHOUT_THREADS, () -> undo(process));
        }
    }

    private void end(SuccessorProcess process) {
        try {
            process.end(posix);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "process " + process.pid() + ", which is not wanted any more", e);
        }
    }

    static void giveUp(@Nullable Start start) {
        if (start != null) {
            start.givenUp = true;
        }
    }
}
