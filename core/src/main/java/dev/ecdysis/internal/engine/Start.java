package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.process.SuccessorProcess;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A successor that is being started, on a thread of its own: posix_spawn(3) waits until exec has read the program, for as
/// long as a file system hangs, and after a failure for the end of what was started.
///
/// It may be given up meanwhile. One that is started all the same is killed.
final class Start implements Runnable {
    private static final System.Logger LOG = Log.of(Start.class);

    private final Posix posix;
    private final EventLoop loop;
    private final Launch launch;
    private final Owner owner;
    /// On the loop's thread.
    private boolean givenUp;

    /// How it is started, for as long as that takes.
    @FunctionalInterface
    interface Launch {
        SuccessorProcess start() throws IOException;
    }

    /// Who wants it. Called on the loop's thread, once, unless it was given up.
    interface Owner {
        void started(SuccessorProcess process);

        void failed(String why);
    }

    Start(Posix posix, EventLoop loop, Launch launch, Owner owner) {
        this.posix = posix;
        this.loop = loop;
        this.launch = launch;
        this.owner = owner;
    }

    void begin() {
        Thread.ofPlatform().daemon().name("ecdysis-spawn").start(this);
    }

    @Override
    public void run() {
        try {
            SuccessorProcess process = launch.start();
            loop.execute(() -> arrived(process));
        } catch (IOException e) {
            failed(String.valueOf(e.getMessage()));
        } catch (Throwable e) { // without an answer the upgrade would stand still
            failed(OneLine.of(e));
        }
    }

    private void arrived(SuccessorProcess process) {
        if (givenUp) {
            Thread.ofPlatform().daemon().name("ecdysis-spawn-undo").start(() -> end(process));
        } else {
            owner.started(process);
        }
    }

    private void end(SuccessorProcess process) {
        try {
            process.end(posix);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "process " + process.pid() + ", which is not wanted any more", e);
        }
    }

    private void failed(String why) {
        loop.execute(() -> {
            if (!givenUp) {
                owner.failed(why);
            }
        });
    }

    static void giveUp(@Nullable Start start) {
        if (start != null) {
            start.givenUp = true;
        }
    }
}
