package dev.ecdysis.internal.control;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.util.ArrayDeque;
import java.util.Deque;

/// Descriptors that are kept for the moment in which all others are taken: with one of them a client can still ask for
/// the status, or have the server stopped. A few, because an acceptor that looks for one at the same time may be faster.
/// On the loop's thread.
final class SpareDescriptor {
    private static final System.Logger LOG = Log.of(SpareDescriptor.class);
    private static final int KEPT = 3;

    private final Posix posix;
    private final Deque<Fd> kept = new ArrayDeque<>(KEPT);

    SpareDescriptor(Posix posix) {
        this.posix = posix;
    }

    /// Keeps as many as are wanted, or as there are to be had.
    void keep() {
        try {
            while (kept.size() < KEPT) {
                kept.push(posix.eventfd());
            }
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.DEBUG, "no spare descriptor", e);
        }
    }

    /// Whether none had to be released, or all are there again.
    boolean isComplete() {
        return kept.size() == KEPT;
    }

    /// Lets the kernel give one to somebody else.
    ///
    /// @return whether there was one
    boolean release() {
        Fd released = kept.poll();
        if (released == null) {
            return false;
        }
        released.close();
        return true;
    }

    void releaseAll() {
        boolean more = true;
        while (more) {
            more = release();
        }
    }
}
