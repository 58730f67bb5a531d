package dev.ecdysis.internal.loop;

import dev.ecdysis.internal.thread.Survival;
import org.jspecify.annotations.Nullable;

/// What is done on a thread of its own, and then told on the loop's, whatever became of it: somebody waits for that.
///
/// All that telling it takes is made before, because the work may have failed for want of memory.
public abstract class Errand implements Runnable {
    private final EventLoop loop;
    private final Runnable arrival = this::arrive;
    private final Runnable departure = this::depart;
    private @Nullable Throwable failure;

    public Errand(EventLoop loop) {
        this.loop = loop;
    }

    /// Begins it.
    ///
    /// @throws OutOfMemoryError without memory, or with as many threads as there may be
    public final Thread start(String name) {
        Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
        thread.start();
        return thread;
    }

    /// Whether nobody waits for it any more. On its own thread.
    public boolean isPointless() {
        return false;
    }

    /// Does it, on its own thread, unless there is no memory to begin with.
    public abstract void work() throws Exception;

    /// It is over. On the loop's thread; again when there was no memory for it.
    ///
    /// @param failed what the work threw; null when it did not
    public abstract void over(@Nullable Throwable failed);

    @Override
    public final void run() {
        try {
            while (Survival.isScarce() && !isPointless()) {
                Survival.pause(); // a class that is first used without memory could never be used again
            }
            work();
        } catch (Throwable e) { // without an answer somebody would wait for ever
            failure = e;
        }
        Survival.insist(departure);
    }

    private void depart() {
        loop.execute(arrival);
    }

    private void arrive() {
        over(failure);
    }
}
