package dev.ecdysis.internal.transport;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.thread.Survival;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sending half of a [FrameChannel]: one `sendmsg` per frame, so that a frame's descriptors travel with
/// its first byte, and a queue of frames that the socket would not take.
final class Outbox {
    private static final int QUEUE_LIMIT = 4 * 1024 * 1024;

    /// A frame that waits.
    ///
    /// @param descriptors duplicates of our own; none once the first byte is gone
    private record Waiting(ByteBuffer bytes, List<Fd> descriptors) {
        void closeDescriptors() {
            descriptors.forEach(Fd::close);
            descriptors.clear();
        }
    }

    private final Posix posix;
    private final Fd socket;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private long queuedBytes;
    private @Nullable IOException failure;

    Outbox(Posix posix, Fd socket) {
        this.posix = posix;
        this.socket = socket;
    }

    boolean hasQueued() {
        return !queue.isEmpty();
    }

    void send(ByteBuffer frame, List<Fd> descriptors) throws IOException {
        checkUsable();
        if (queuedBytes + frame.remaining() > QUEUE_LIMIT) {
            throw new IOException("the peer does not read: " + queuedBytes + " bytes wait for it already");
        }
        try {
            insist(frame, descriptors);
        } catch (PosixException e) {
            throw fail(e);
        }
    }

    void flush() throws IOException {
        checkUsable();
        try {
            while (!queue.isEmpty()) {
                Waiting head = queue.element();
                int before = head.bytes().remaining();
                boolean written = write(head.bytes(), head.descriptors());
                queuedBytes -= before - head.bytes().remaining();
                if (head.bytes().position() > 0) {
                    head.closeDescriptors();
                }
                if (!written) {
                    return;
                }
                queue.remove();
            }
        } catch (PosixException e) {
            throw fail(e);
        }
    }

    /// A message of which a part has been sent must be sent as a whole: without memory this waits for some.
    private void insist(ByteBuffer frame, List<Fd> descriptors) throws PosixException {
        for (int tries = 1;; tries++) {
            try {
                writeOrQueue(frame, descriptors);
                return;
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    private void writeOrQueue(ByteBuffer frame, List<Fd> descriptors) throws PosixException {
        if (queue.isEmpty() && write(frame, descriptors)) {
            return;
        }
        List<Fd> own = frame.position() > 0 ? new ArrayList<>() : duplicate(descriptors);
        boolean queued = false;
        try {
            queue.add(new Waiting(frame, own));
            queued = true;
        } finally {
            if (!queued) {
                own.forEach(Fd::close);
            }
        }
        queuedBytes += frame.remaining();
    }

    /// Writes until all of the frame is gone or the socket is full; true for the former.
    private boolean write(ByteBuffer frame, List<Fd> descriptors) throws PosixException {
        try {
            while (frame.hasRemaining()) {
                writeSome(frame, descriptors);
            }
            return true;
        } catch (PosixException e) {
            if (e.is(Errno.EAGAIN)) {
                return false;
            }
            throw e;
        }
    }

    /// As much as the socket takes.
    private void writeSome(ByteBuffer frame, List<Fd> descriptors) throws PosixException {
        for (int tries = 1;; tries++) {
            try {
                posix.sendmsg(socket, frame, frame.position() == 0 ? descriptors : List.of());
                return;
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    private List<Fd> duplicate(List<Fd> descriptors) throws PosixException {
        List<Fd> duplicates = new ArrayList<>();
        boolean complete = false;
        try {
            for (Fd descriptor : descriptors) {
                duplicates.add(posix.duplicate(descriptor));
            }
            complete = true;
            return duplicates;
        } finally {
            if (!complete) {
                duplicates.forEach(Fd::close);
            }
        }
    }

    private void checkUsable() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    /// A message may be half sent, so nothing can follow it.
    private IOException fail(PosixException cause) {
        close();
        boolean gone = cause.is(Errno.EPIPE) || cause.is(Errno.ECONNRESET);
        failure = gone ? new PeerClosedException(cause) : cause;
        return failure;
    }

    void close() {
        queue.forEach(Waiting::closeDescriptors);
        queue.clear();
        queuedBytes = 0;
    }
}
