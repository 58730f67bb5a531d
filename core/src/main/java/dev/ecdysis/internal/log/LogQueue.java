package dev.ecdysis.internal.log;

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
    private @Nullable Destination destination;
    // Guarded by progress.
    private long written;
    private long givenUp = -1;

    /// @param destinations asked once, on the thread that writes
    /// @param onStart called once, when that thread starts, which is at the first line
    LogQueue(Supplier<Destination> destinations, Runnable onStart) {
        this.destinations = destinations;
        this.onStart = onStart;
    }

    void heed(Readiness readiness) {
        standardError = readiness;
    }

    /// Never waits and never throws.
    @SuppressWarnings("EmptyCatch")
    void add(Line line) {
        if (waiting.offer(line)) {
            accepted.incrementAndGet();
        } else {
            dropped.incrementAndGet();
        }
        if (thread == null) {
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
            onStart.run();
        }
    }

    private void writeAll() {
        while (true) {
            try {
                write(waiting.take());
            } catch (Throwable e) { // also an interrupt, which nobody has a reason for
                own.log(System.Logger.Level.DEBUG, "the log", e);
            }
        }
    }

    @SuppressWarnings("EmptyCatch")
    private void write(Line line) {
        try {
            writeWhenPossible(line);
            if (waiting.size() < MOST_WAITING / 2 && dropped.get() > 0) {
                long lost = dropped.getAndSet(0);
                writeWhenPossible(new Line(own, System.Logger.Level.WARNING, Instant.now(),
                        Thread.currentThread().threadId(), null, lost
                                + " lines of this log were dropped, because whoever reads it stood still",
                        null, null));
            }
        } catch (Throwable e) {
            // The application's logger fails: there is nobody left to tell, and the next line may succeed.
        } finally {
            synchronized (progress) {
                written++;
                progress.notifyAll();
            }
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
