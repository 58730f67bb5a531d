package dev.ecdysis.internal.loop;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.SafeLog;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.thread.Survival;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One thread, one poll(2), and everything in a fixed order: tasks, then descriptors, then times.
///
/// Times come last on purpose, and only when nothing is left to read: a process that was stopped for a while finds
/// the frames that came meanwhile before it concludes from a time limit that none did. All methods but [#execute],
/// [#run] and [#stop] are for the loop's thread, or for before it runs.
public final class EventLoop implements AutoCloseable {
    private static final System.Logger LOG = Log.of(EventLoop.class);
    /// A round that ends its wait this much later than asked means that this process, not its peer, stood still.
    private static final long STALL_NANOS = Duration.ofMillis(250).toNanos();
    /// Nothing to do is hardly a reason to wake up: only so that a wake-up that failed for good delays a task by no more.
    private static final int LONGEST_POLL_MILLIS = 60_000;
    /// Nobody else wakes the loop for a task, so a wake-up that fails is tried again, for a second in all.
    private static final int WAKE_UPS = 10;
    /// Of what fails for want of memory although there was some before it began; what still does is given up.
    private static final int MOST_TRIES = 5;

    private final Posix posix;
    private final Fd wakeUp;
    private final AtomicBoolean woken = new AtomicBoolean();
    /// Keeps the wake-up's number from being closed, and given to another file, while it is written to.
    private final Object wakeUpLock = new Object();
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<Watch> watches = new ArrayList<>();
    private final Timers timers = new Timers();
    private final Survival survival = new Survival(LOG, "an unexpected error in the event loop");
    /// Made before, because whoever adds a task may have no memory for it. Under the lock.
    private final ByteBuffer one = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(0, 1);
    private final ByteBuffer counter = ByteBuffer.allocate(Long.BYTES);
    private final Tries tasksTried = new Tries();
    private final Tries timersTried = new Tries();
    private final Tries watchesTried = new Tries();
    /// Made before, as is what it takes: see [Survival#awaitMemory].
    private final Predicate<Runnable> dueTimer = this::isTimerDone;
    private volatile boolean stopped;
    private long lookedNanos = System.nanoTime();
    private @Nullable Runnable afterEach;
    private volatile @Nullable Thread thread;

    public EventLoop(Posix posix) throws PosixException {
        this.posix = posix;
        this.wakeUp = posix.eventfd();
    }

    /// How often what comes next was tried in vain: of each kind the rest waits for it.
    private static final class Tries {
        private int count;
    }

    /// A descriptor that the loop watches. The loop does not own it; close the watch before the descriptor.
    public final class Watch {
        private final Fd fd;
        private final Runnable onReady;
        private int events;
        private boolean again;

        private Watch(Fd fd, int events, Runnable onReady) {
            this.fd = fd;
            this.events = events;
            this.onReady = onReady;
        }

        /// What to wait for, in poll(2)'s bits; 0 for nothing, not even errors.
        public void interest(int wanted) {
            events = wanted;
        }

        /// Said by what this calls, when there is more to read than it may take up before what it said was handled: it is
        /// called again at once, and comes before whatever else is waited for.
        public void again() {
            again = true;
        }

        public void close() {
            watches.remove(this);
        }
    }

    /// Watches a descriptor from the next round on.
    ///
    /// @param onReady called whenever it is ready, or has an error or a hang-up
    public Watch watch(Fd fd, int events, Runnable onReady) {
        Watch watch = new Watch(fd, events, onReady);
        watches.add(watch);
        return watch;
    }

    /// Calls an action once, after that time.
    public Timers.Handle schedule(Duration after, Runnable action) {
        return timers.schedule(System.nanoTime() + after.toNanos(), action, false);
    }

    /// The same for a limit of patience with another process: time in which this process stood still is added.
    public Timers.Handle patience(Duration after, Runnable action) {
        return timers.schedule(System.nanoTime() + after.toNanos(), action, true);
    }

    /// Calls this after each task, each time that is up and each descriptor that was ready, before anything else. Must not
    /// throw.
    public void afterEach(Runnable action) {
        afterEach = action;
    }

    /// Runs a task on the loop's thread, soon. From any thread; after [#stop()] it may never run.
    public void execute(Runnable task) {
        tasks.add(task);
        // The loop's own thread is awake, and looks for tasks before it waits.
        if (Thread.currentThread() != thread && woken.compareAndSet(false, true)) {
            wake();
        }
    }

    private void wake() {
        for (int tries = 1; !isWoken(tries == WAKE_UPS); tries++) {
            LockSupport.parkNanos(1_000_000L << tries);
        }
    }

    /// @param last whether to give up when it fails: the next task tries anew
    private boolean isWoken(boolean last) {
        try {
            synchronized (wakeUpLock) {
                posix.write(wakeUp, one.clear());
            }
        } catch (VirtualMachineError e) {
            if (!last) {
                return false;
            }
            woken.set(false); // the task has been added, and the loop looks once a minute
        } catch (PosixException e) {
            boolean full = e.is(Errno.EAGAIN); // of earlier wake-ups: it is awake anyway
            if (!full && !last) {
                return false;
            }
            woken.set(false);
            if (!full) {
                LOG.log(System.Logger.Level.WARNING, "the event loop will be late: " + e.getMessage());
            }
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "a task came after the event loop had ended", e);
        }
        return true;
    }

    /// Makes [#run()] return. From any thread.
    public void stop() {
        execute(() -> stopped = true);
    }

    /// Runs until stopped, then closes what the loop itself opened.
    public void run() {
        try {
            thread = Thread.currentThread();
            lookedNanos = System.nanoTime();
            while (!stopped) {
                survivingRound();
            }
        } finally {
            close();
        }
    }

    /// Without memory, say, the round itself can fail; it is tried again for ever, because without the loop the process
    /// can neither be stopped nor replaced. Nothing is begun while there is none: what was taken up could be lost.
    private void survivingRound() {
        try {
            if (survival.hasMemory()) {
                round();
            } else {
                Survival.pause();
            }
        } catch (Throwable e) {
            survival.failed(e);
        }
    }

    /// For a loop that never runs; else [#run()] does it.
    @Override
    public void close() {
        synchronized (wakeUpLock) {
            wakeUp.close();
        }
    }

    private void round() {
        int timeout = timers.millisUntilNext(LONGEST_POLL_MILLIS);
        boolean polled = poll(timeout);
        long now = System.nanoTime();
        // Since the last look, wherever this thread was kept: in poll, in an action, or waiting for a processor.
        long late = now - lookedNanos - Duration.ofMillis(timeout).toNanos();
        lookedNanos = now;
        if (late > STALL_NANOS) {
            timers.extendPatience(late);
        }
        // A round that could not look must not conclude from a time limit that nothing came, nor from one that passed
        // while it looked: this thread may have waited for a processor since.
        if (polled && timers.isDue(now) && poll(0)) {
            timers.runDue(now, dueTimer);
        }
        runTasks();
    }

    /// Whether it could look.
    private boolean poll(int timeoutMillis) {
        List<Watch> watched = new ArrayList<>(watches.size());
        List<PollFd> set = new ArrayList<>(watches.size() + 1);
        set.add(new PollFd(wakeUp, Linux.POLLIN));
        for (Watch watch : watches) {
            if (watch.events != 0 && watch.fd.isOpen()) {
                watched.add(watch);
                set.add(new PollFd(watch.fd, watch.events));
            }
        }
        try {
            posix.poll(set, tasks.isEmpty() ? timeoutMillis : 0);
        } catch (PosixException e) {
            // Out of kernel memory: nothing here can go on without poll, and everything can once it works again.
            SafeLog.log(LOG, "the event loop cannot look", null, e);
            Survival.pause();
            runTasks();
            return false;
        }
        if (set.getFirst().isReady()) {
            drainWakeUp();
        }
        runTasks();
        for (int i = 0; i < watched.size(); i++) {
            if (set.get(i + 1).isReady()) {
                call(watched.get(i));
            }
        }
        return true;
    }

    /// An earlier one in this round may have closed it, or what came of its own last call.
    private void call(Watch watch) {
        do {
            watch.again = false;
            if (watches.contains(watch) && watch.events != 0) {
                // What was not read keeps it ready, so there is nothing to be kept for another try.
                var _ = tried(watch.onReady, watchesTried);
            }
        } while (watch.again);
    }

    /// The flag only after the read: a wake-up in between would be read here, and the flag would say for ever that one
    /// is under way. What such a task was added for is done now, because the tasks are run next.
    private void drainWakeUp() {
        try {
            posix.read(wakeUp, counter.clear());
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.DEBUG, e.getMessage());
        } finally {
            woken.set(false);
        }
    }

    /// One that is to be tried again stays the first: their order is part of what they mean.
    private void runTasks() {
        for (Runnable task = tasks.peek(); task != null && tried(task, tasksTried); task = tasks.peek()) {
            tasks.poll();
        }
    }

    private boolean isTimerDone(Runnable action) {
        return tried(action, timersTried);
    }

    /// One thing that goes wrong must not take the loop along: without it nobody could roll back.
    ///
    /// @return whether it is done with; false when there was no memory for it and it is to be tried again, in another
    ///         round
    private boolean tried(Runnable action, Tries tries) {
        boolean done = attempted(action, tries);
        Runnable follows = afterEach;
        if (follows != null) {
            follows.run();
        }
        return done;
    }

    private boolean attempted(Runnable action, Tries tries) {
        try {
            action.run();
        } catch (VirtualMachineError e) {
            survival.failed(e);
            if (Survival.isScarce() || ++tries.count < MOST_TRIES) {
                return false;
            }
        } catch (Throwable e) { // also an Error: with the jar overwritten in place, any class may be missing
            SafeLog.log(LOG, "an unexpected error in the event loop", null, e);
        }
        tries.count = 0;
        return true;
    }
}
