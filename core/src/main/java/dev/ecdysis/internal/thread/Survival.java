package dev.ecdysis.internal.thread;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What keeps a thread of the library alive that must not end: the handler of its outermost loop.
///
/// While the heap is full a handler fails as well, be it for a lambda, a text, an iterator or a line of the log. So
/// [#failed] allocates nothing: it remembers, pauses, and leaves what there is to say to the next [#hasMemory()] that
/// finds some. Whoever takes something that cannot be taken twice, such as a connection, asks for memory first.
///
/// What is static is for any thread, the rest for one.
public final class Survival {
    /// What reading a message takes, and the like.
    private static final int LITTLE = 16 * 1024;
    /// What a step of an upgrade takes, and the like. With less to be had, it is the heap that made something fail.
    private static final int ENOUGH = 256 * 1024;
    /// For how long after a shortage nobody trusts a little: other threads use it up in between.
    private static final long WARY_NANOS = 10_000_000_000L;
    private static final int MOST_TRIES = 5;
    private static final long PAUSE_NANOS = 10_000_000L;

    /// Volatile so that the compiler cannot find out that nobody reads it, and do without the allocation.
    @SuppressWarnings("UnusedVariable")
    private static volatile byte @Nullable [] probe;

    private static volatile boolean wary;
    private static volatile long lastShortage;

    static {
        rehearse();
    }

    private final System.Logger logger;
    private final String what;
    private final String unsaidBefore;
    private @Nullable Throwable unsaid;
    private long failures;

    /// @param what went wrong, for the log
    public Survival(System.Logger logger, String what) {
        this.logger = logger;
        this.what = what;
        this.unsaidBefore = what + ", while there was no memory to say so; how often: ";
    }

    /// Whether there is memory for a step. Without, the caller takes nothing up and [pauses][#pause()]. Says what has
    /// happened while there was none.
    public boolean hasMemory() {
        if (isScarce()) {
            return false;
        }
        if (unsaid != null) {
            sayUnsaid();
        }
        return true;
    }

    /// Whether there is so little that this is why something failed. From any thread.
    public static boolean isScarce() {
        try {
            allocate(ENOUGH);
            return false;
        } catch (VirtualMachineError e) {
            noteShortage();
            return true;
        }
    }

    /// For whoever takes something that could not be put back, and has a handler that is without memory as well.
    ///
    /// @throws OutOfMemoryError when there is not even a little
    public static void requireMemory() {
        requireMemory(LITTLE);
    }

    /// The same for whoever does it so often that asking for more would cost. While it is [wary][#isWary()], it asks for
    /// more all the same.
    ///
    /// @param bytes what is to be there
    public static void requireMemory(int bytes) {
        try {
            allocate(isWary() ? ENOUGH : bytes);
        } catch (VirtualMachineError e) {
            noteShortage();
            throw e;
        }
    }

    /// Whether there was a shortage a moment ago. What one was told about memory before is worth nothing then.
    public static boolean isWary() {
        if (wary && System.nanoTime() - lastShortage > WARY_NANOS) {
            wary = false;
        }
        return wary;
    }

    /// Something has failed for want of memory. Allocates nothing.
    public static void noteShortage() {
        lastShortage = System.nanoTime();
        wary = true;
    }

    private static void allocate(int bytes) {
        probe = new byte[bytes];
        probe = null;
    }

    private void sayUnsaid() {
        try {
            logger.log(System.Logger.Level.ERROR, unsaidBefore + failures, unsaid);
            unsaid = null;
            failures = 0;
        } catch (Throwable e) {
            failures++; // said the next time
        }
    }

    /// Something has thrown that nobody expected, and the thread goes on after a pause. Never throws, and allocates
    /// nothing for an error of the JVM.
    public void failed(Throwable why) {
        if (why instanceof VirtualMachineError) {
            noteShortage();
            unsaid = why;
            failures++;
        } else {
            try {
                logger.log(System.Logger.Level.ERROR, what, why);
            } catch (Throwable e) { // without memory, say, or with the jar overwritten in place
                unsaid = why;
                failures++;
            }
        }
        pause();
    }

    /// So that a thread which cannot go on does not use up the processor. An interrupt does not shorten it, and is
    /// forgotten. Never throws, although parking takes memory on a virtual thread: without, it returns at once.
    public static void pause() {
        var _ = Thread.interrupted();
        try {
            LockSupport.parkNanos(PAUSE_NANOS);
        } catch (VirtualMachineError e) {
            noteShortage();
        }
    }

    /// Returns when there is memory. For the beginning of a thread's work: what the JVM links or initialises for the first
    /// time while there is none, a class or a lambda, fails from then on for ever.
    public static void awaitMemory() {
        while (isScarce()) {
            pause();
        }
    }

    /// The same for whoever does it so often that asking for that much each time would cost.
    ///
    /// @param bytes what is to be there, unless there was a shortage a moment ago
    public static void awaitMemory(int bytes) {
        try {
            requireMemory(bytes);
        } catch (VirtualMachineError e) {
            awaitMemory();
        }
    }

    /// So that all classes of the JDK that are named here are known here: the JVM needs memory for that, too, and what is
    /// thrown then would come out of the handler.
    private static void rehearse() {
        boolean interrupted = Thread.interrupted();
        LockSupport.parkNanos(0);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        var _ = isScarce();
    }

    /// Does what must happen, such as giving an answer that somebody waits for: again and again while there is no memory
    /// for it.
    ///
    /// @param action made where there was memory; it may be done again although most of it had been
    public static void insist(Runnable action) {
        for (int tries = 1;; tries++) {
            try {
                action.run();
                return;
            } catch (VirtualMachineError e) {
                outlast(e, tries);
            }
        }
    }

    /// For the handler in a loop that tries something again: returns when there is memory again.
    ///
    /// @param why what the last try threw
    /// @param tries how many there have been by now
    /// @throws VirtualMachineError the same, when there is memory and it was tried often enough
    public static void outlast(VirtualMachineError why, int tries) {
        if (!isScarce() && tries >= MOST_TRIES) {
            throw why;
        }
        do {
            pause();
        } while (isScarce());
    }
}
