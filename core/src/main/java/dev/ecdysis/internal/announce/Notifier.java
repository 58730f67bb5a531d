package dev.ecdysis.internal.announce;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeObserver;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.thread.Survival;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// Tells observers, in order and on a thread of their own: they may block, the engine may not.
public final class Notifier implements AutoCloseable {
    private static final System.Logger LOG = Log.of(Notifier.class);
    /// Far more than an upgrade has steps; an observer that hangs must not fill the heap.
    private static final int MOST_WAITING = 1_000;

    private final List<UpgradeObserver> observers;
    /// An empty one ends it.
    private final BlockingQueue<Optional<Runnable>> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Survival survival = new Survival(LOG, "an observer failed");
    private final Thread thread;
    private volatile boolean closed;

    public Notifier(List<UpgradeObserver> observers) {
        this.observers = observers;
        this.thread = Thread.ofPlatform().daemon().name("ecdysis-observers").unstarted(this::run);
        if (!observers.isEmpty()) {
            thread.start();
        }
    }

    void phase(Phase phase, int generation, String detail) {
        LOG.log(System.Logger.Level.DEBUG, "upgrade to generation " + generation + ": " + phase + " " + detail);
        tell(observer -> observer.phase(phase, generation, detail));
    }

    void result(UpgradeResult result) {
        LOG.log(System.Logger.Level.INFO, line(result));
        tell(observer -> observer.result(result));
    }

    /// Without the last words: they are in the log already, as the new process wrote them.
    private static String line(UpgradeResult result) {
        return switch (result) {
            case UpgradeResult.Committed committed -> "upgrade committed: generation " + committed.generation()
                    + ", process " + committed.pid();
            case UpgradeResult.Failed failed -> "upgrade failed: " + failed.reason();
            case UpgradeResult.RolledBack back -> "upgrade rolled back: " + back.reason();
            case UpgradeResult.Refused refused -> "upgrade refused: " + refused.why();
        };
    }

    private void tell(Consumer<UpgradeObserver> what) {
        for (UpgradeObserver observer : observers) {
            if (!waiting.offer(Optional.of(() -> what.accept(observer)))) {
                LOG.log(System.Logger.Level.WARNING, "an observer hangs; it misses what happens");
            }
        }
    }

    private void run() {
        Optional<Runnable> next;
        do {
            var _ = survival.hasMemory(); // which says what happened while there was none
            next = take();
            if (next.isPresent()) {
                tell(next.get());
            }
        } while (next.isPresent());
    }

    /// Empty to end.
    private Optional<Runnable> take() {
        while (!closed) {
            try {
                return waiting.take();
            } catch (InterruptedException e) {
                return Optional.empty();
            } catch (VirtualMachineError e) {
                survival.failed(e);
            }
        }
        return Optional.empty();
    }

    private void tell(Runnable observer) {
        try {
            observer.run();
        } catch (Throwable e) { // the others must hear what comes next
            survival.failed(e);
        }
    }

    /// Ends it at once: nothing has happened.
    @Override
    public void close() {
        end();
    }

    /// Lets observers hear what has happened, for no longer than that.
    public void close(Duration atMost) throws InterruptedException {
        if (thread.isAlive()) {
            if (waiting.offer(Optional.empty())) {
                thread.join(atMost);
            }
            end();
        }
    }

    /// Not by the interrupt alone: an observer may swallow it.
    private void end() {
        closed = true;
        thread.interrupt();
    }
}
