package dev.ecdysis.internal.log;

import dev.ecdysis.internal.thread.Survival;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Lines that wait to be written, and the thread that writes them, in order. When too many wait, what comes is dropped and
/// counted. Thread-safe.
final class LogQueue {
    /// More than an upgrade has to say, and no more than a megabyte or so.
    static final int MOST_WAITING = 1_000;
    /// Standard error may be replaced while it is waited for, as a successor's is at the commit.
    private static final int LOOK_AGAIN_MILLIS = 1_000;

    private final Supplier<Destination> destinations;
    private final Runnable onStart;
    private final BlockingQueue<Line> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final QueuedLogger own = new QueuedLogger(Log.class.getName(), this);
    private final Object progress = new Object();
    private volatile @Nullable Readiness standardError;
    private volatile @Nullable Thread thread;
    private volatile boolean prepared;
    private @Nullable Destination destination;
    // Guarded by progress.
    private long written;
    private long givenUp = -1;

    /// @param destinations asked once, on the thread that writes
    /// @param onStart called when that thread starts, which is at the first line; again when it throws
    LogQueue(Supplier<Destination> destinations, Runnable onStart) {
        this.destinations = destinations;
        this.onStart = onStart;
    }

    void heed(Readiness readiness) {
        standardError = readiness;
    }

    /// Never waits and never throws.
    void add(Line line) {
        if (waiting.offer(line)) {
            accepted.incrementAndGet();
        } else {
            drop();
        }
        startIfNeeded();
    }

    /// Counts a line that is lost. Allocates nothing.
    void drop() {
        dropped.incrementAndGet();
    }

    @SuppressWarnings("EmptyCatch")
    private void startIfNeeded() {
        if (thread == null || !prepared) {
            try {
                start();
            } catch (Throwable e) {
                // There is no thread to be had: the next line tries again, and this one waits for it.
            }
        }
    }

    private synchronized void start() {
        if (thread == null) {
            Thread writer = Thread.ofPlatform().daemon().name("ecdysis-log").inheritInheritableThreadLocals(false)
                    .unstarted(this::writeAll);
            writer.start();
            thread = writer;
        }
        if (!prepared) {
            onStart.run();
            prepared = true;
        }
    }

    private void writeAll() {
        while (true) {
            try {
                write(waiting.take());
            } catch (Throwable e) { // also an interrupt, which nobody has a reason for
                Survival.pause();
            }
        }
    }

    private void write(Line line) {
        try {
            if (!isWritten(line)) {
                drop();
            }
            long lost = dropped.get();
            if (lost > 0 && waiting.size() < MOST_WAITING / 2 && isWritten(loss(lost))) {
                dropped.addAndGet(-lost);
            }
        } finally {
            synchronized (progress) {
                written++;
                progress.notifyAll();
            }
        }
    }

    private Line loss(long lost) {
        return new Line(own, System.Logger.Level.WARNING, Instant.now(), Thread.currentThread().threadId(), null,
                lost + " lines of this log were dropped: whoever reads it stood still, there was no memory, or the"
                        + " logger failed",
                null, null);
    }

    /// A line for which there is no memory waits for some, and those behind it do. One with which the application's logger
    /// fails is given up: the next may succeed.
    private boolean isWritten(Line line) {
        try {
            for (int tries = 1;; tries++) {
                try {
                    writeWhenPossible(line);
                    return true;
                } catch (VirtualMachineError e) {
                    Survival.outlast(e, tries);
                }
            }
        } catch (Throwable e) {
            return false;
        }
    }

    private void writeWhenPossible(Line line) {
        Destination to = destination();
        Readiness readiness = standardError;
        while (readiness != null && to.isStandardError(line) && !readiness.await(LOOK_AGAIN_MILLIS)) {
            readiness = standardError;
        }
        to.write(line);
    }

    private Destination destination() {
        Destination found = destination;
        if (found == null) {
            found = destinations.get();
            destination = found;
        }
        return found;
    }

    /// Waits until what was added before has been written. What was waited for in vain is not waited for again.
    boolean flush(Duration atMost) {
        if (!waiting.isEmpty()) {
            startIfNeeded();
        }
        long last = accepted.get();
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (progress) {
            while (written < last && written != givenUp && Thread.currentThread() != thread) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    givenUp = written;
                    break;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(progress, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
            return written >= last;
        }
    }
}
