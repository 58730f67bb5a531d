package dev.ecdysis.internal.listener;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.thread.Survival;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets a user's acceptor serve what is left in an accept queue. It cannot be asked whether it has finished,
/// so the kernel is: after a quiet period, whether a connection waits. All that is asked of it may take no longer in all
/// than one call may: this is part of a stop.
final class QueueServedByUser {
    private static final System.Logger LOG = Log.of(QueueServedByUser.class);
    /// For a Unix socket, which needs no time for handshakes, but must give the acceptor time for what waits.
    private static final Duration LEAST = Duration.ofMillis(200);

    private static final long FIRST_PAUSE = 50_000_000L;

    private final BoundSockets sockets;
    private final AcceptorDriver acceptor;
    private final long deadline;
    private final Survival survival;
    private final CountDownLatch hurry = new CountDownLatch(1);
    private final Thread thread;
    private Duration left;

    private QueueServedByUser(BoundSockets sockets, AcceptorDriver acceptor, Duration atMost, Duration patience,
            Runnable then) {
        this.sockets = sockets;
        this.acceptor = acceptor;
        this.survival = new Survival(LOG, "listener " + sockets.name() + ": serving what is left in its queue");
        this.deadline = System.nanoTime() + atMost.toNanos();
        this.left = patience;
        this.thread = Thread.ofPlatform().daemon().name("ecdysis-queue-" + sockets.name())
                .unstarted(() -> run(then));
    }

    /// Begins on a thread of its own, which moves the acceptor from now on.
    ///
    /// @param patience how long all that is asked of the acceptor may take
    /// @param then what to do afterwards, when the acceptor has been closed
    static QueueServedByUser start(BoundSockets sockets, AcceptorDriver acceptor, Duration atMost, Duration patience,
            Runnable then) {
        QueueServedByUser service = new QueueServedByUser(sockets, acceptor, atMost, patience, then);
        service.thread.start();
        return service;
    }

    /// Ends it now, without waiting for that.
    void hurry() {
        hurry.countDown();
    }

    /// Ends it now. When this returns the acceptor has been closed, unless it hangs.
    void finish(Duration atMost) {
        hurry();
        try {
            if (!thread.join(atMost)) {
                LOG.log(System.Logger.Level.WARNING, "listener " + sockets.name() + ": its acceptor hangs");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Runnable then) {
        try {
            keepNewcomersOut();
            resume();
            while (!isTimeUp() && sockets.connectionWaits()) {
                // again
            }
            move(AcceptorDriver.Goal.REST);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) { // whatever it is, what comes below must happen
            survival.failed(e);
        } finally {
            close();
            end(then);
        }
    }

    /// One that fails is tried again for as long as there is time, if somebody waits.
    private void resume() throws IOException, InterruptedException {
        for (long pause = FIRST_PAUSE; true; pause *= 2) {
            try {
                move(AcceptorDriver.Goal.ACCEPT);
                return;
            } catch (IOException e) {
                boolean over = acceptor.hanging().isPresent() || !sockets.connectionWaits()
                        || left.minusNanos(pause).isNegative();
                if (over || hurry.await(pause, TimeUnit.NANOSECONDS)) {
                    throw e;
                }
                left = left.minusNanos(pause);
            }
        }
    }

    private void move(AcceptorDriver.Goal goal) throws IOException {
        long begun = System.nanoTime();
        acceptor.order(goal, false);
        try {
            acceptor.reach(goal, left);
        } finally {
            left = left.minusNanos(System.nanoTime() - begun);
        }
    }

    private void close() {
        try {
            move(AcceptorDriver.Goal.CLOSE);
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
        if (!sockets.isTcp() && !sockets.isKept()) {
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
