package dev.ecdysis.internal.registry;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.thread.Survival;
import dev.ecdysis.spi.Acceptor;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets a user's acceptor serve what is left in an accept queue. It cannot be asked whether it has finished,
/// so the kernel is: after a quiet period, whether a connection waits.
final class QueueServedByUser {
    private static final System.Logger LOG = Log.of(QueueServedByUser.class);
    /// For a Unix socket, which needs no time for handshakes, but must give the acceptor time for what waits.
    private static final Duration LEAST = Duration.ofMillis(200);

    private static final Duration ENDING = Duration.ofSeconds(5);

    private final BoundSockets sockets;
    private final Acceptor acceptor;
    private final long deadline;
    private final Survival survival;
    private final CountDownLatch hurry = new CountDownLatch(1);
    private final Thread thread;

    private QueueServedByUser(BoundSockets sockets, Acceptor acceptor, Duration atMost, Runnable then) {
        this.sockets = sockets;
        this.acceptor = acceptor;
        this.survival = new Survival(LOG, "listener " + sockets.name() + ": serving what is left in its queue");
        this.deadline = System.nanoTime() + atMost.toNanos();
        this.thread = Thread.ofPlatform().daemon().name("ecdysis-queue-" + sockets.name())
                .unstarted(() -> run(then));
    }

    /// Begins on a thread of its own, which calls the acceptor from now on.
    ///
    /// @param then what to do afterwards, when the acceptor has been closed
    static QueueServedByUser start(BoundSockets sockets, Acceptor acceptor, Duration atMost, Runnable then) {
        QueueServedByUser service = new QueueServedByUser(sockets, acceptor, atMost, then);
        service.thread.start();
        return service;
    }

    /// Ends it now. When this returns the acceptor has been closed, unless it hangs.
    void finish() {
        hurry.countDown();
        try {
            if (!thread.join(ENDING)) {
                LOG.log(System.Logger.Level.WARNING, "listener " + sockets.name() + ": its acceptor hangs");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Runnable then) {
        try {
            keepNewcomersOut();
            acceptor.resume();
            while (!isTimeUp() && sockets.connectionWaits()) {
                // again
            }
            acceptor.pause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) { // whatever it is, what comes below must happen
            survival.failed(e);
        } finally {
            close();
            end(then);
        }
    }

    private void close() {
        try {
            acceptor.close();
        } catch (Throwable e) {
            survival.failed(e);
        }
    }

    /// Somebody waits for it, who would otherwise wait until the drain's deadline.
    private static void end(Runnable then) {
        for (int tries = 1;; tries++) {
            try {
                then.run();
                return;
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    /// A Unix socket is not shut down, only made unreachable: a shut-down listener is always readable, and
    /// would have the user's acceptor spin.
    private void keepNewcomersOut() {
        if (!sockets.isTcp()) {
            sockets.unlinkIfOurs();
            return;
        }
        if (!sockets.keepNewcomersOut()) {
            hurry.countDown(); // they would keep the queue from ever being empty
        }
    }

    /// Waits for the quiet period, and tells whether there is no time for another.
    private boolean isTimeUp() throws InterruptedException {
        long quiet = Math.max(QuietPeriod.of(sockets).toNanos(), LEAST.toNanos());
        long left = deadline - System.nanoTime();
        return hurry.await(Math.min(left, quiet), TimeUnit.NANOSECONDS) || left <= quiet;
    }
}
