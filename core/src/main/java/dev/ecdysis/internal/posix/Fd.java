package dev.ecdysis.internal.posix;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.thread.Survival;
import java.util.concurrent.atomic.AtomicBoolean;

/// A file descriptor with one owner, who closes it exactly once.
///
/// Thread-safe: [#close()] may be called from any thread and more than once; only the first call closes. Using the
/// number after that is an error that [#number()] reports, so a reused number is never touched by accident.
public final class Fd implements AutoCloseable {
    private final Posix posix;
    private final int number;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Fd(Posix posix, int number) {
        this.posix = posix;
        this.number = number;
    }

    /// Takes ownership of a descriptor that is open. Without memory this waits for some: nobody else would close it.
    public static Fd own(Posix posix, int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        for (int tries = 1;; tries++) {
            try {
                return new Fd(posix, number);
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    /// The number that the kernel knows it by, for a call that is made now.
    ///
    /// @throws IllegalStateException when it was closed or released
    public int number() {
        if (closed.get()) {
            throw new IllegalStateException("descriptor " + number + " is closed");
        }
        return number;
    }

    public boolean isOpen() {
        return !closed.get();
    }

    /// Gives ownership away: whoever gets the number closes it.
    public int release() {
        if (!closed.compareAndSet(false, true)) {
            throw new IllegalStateException("descriptor " + number + " is closed");
        }
        return number;
    }

    /// Closes the descriptor. On Linux it is closed even when `close(2)` reports an error, so an error is logged.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            for (int tries = 1; !isClosed(tries); tries++) {
                // again
            }
        }
    }

    /// Without memory the call is not made; nothing is allocated once it has been.
    private boolean isClosed(int tries) {
        try {
            posix.close(number);
        } catch (PosixException e) {
            // Not in a static field: a logger costs 15 ms at start, and this hardly ever happens.
            Log.of(Fd.class).log(System.Logger.Level.WARNING, e.getMessage());
        } catch (VirtualMachineError e) {
            Survival.outlast(e, tries);
            return false;
        }
        return true;
    }

    @Override
    public String toString() {
        return "fd " + number + (closed.get() ? " (closed)" : "");
    }
}
