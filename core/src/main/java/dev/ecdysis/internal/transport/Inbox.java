package dev.ecdysis.internal.transport;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.Received;
import dev.ecdysis.internal.thread.Survival;
import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.Frame;
import dev.ecdysis.internal.wire.FrameReader;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.internal.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The receiving half of a [FrameChannel]: bytes become frames, and descriptors wait in a queue for the frame
/// that announces them, because one read may return the bytes of one frame and the descriptors of the next.
final class Inbox {
    /// With room for control messages, no more than a thread keeps for its calls.
    private static final int READ_BYTES = 4 * 1024;
    /// Reading stops at each whole message, so an honest peer has at most one unfinished message's
    /// descriptors here, and those of the one read that finished it.
    private static final int QUEUE_LIMIT = 2 * Limits.DESCRIPTORS;

    private static final Incoming WITHOUT_MEMORY = new Incoming.Torn("there was no memory for what had come");

    private final Posix posix;
    private final Fd socket;
    private final FrameReader reader;
    private final ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
    private final Deque<Fd> queue = new ArrayDeque<>();
    /// Taken from the reader, and not delivered for want of memory.
    private @Nullable Frame kept;
    private boolean takesDescriptors;
    private @Nullable Incoming end;

    Inbox(Posix posix, Fd socket, int frameLimit) {
        this.posix = posix;
        this.socket = socket;
        this.reader = new FrameReader(frameLimit);
        this.takesDescriptors = frameLimit > Limits.STRANGER_FRAME;
    }

    void acceptLargeFrames() {
        reader.limit(Limits.FRAME);
        takesDescriptors = true;
    }

    boolean isMidFrame() {
        return reader.isMidFrame();
    }

    Incoming receive() {
        try {
            while (end == null) {
                if (kept == null) {
                    kept = reader.next().orElse(null);
                }
                if (kept != null) {
                    Incoming arrived = deliver(kept);
                    kept = null;
                    return arrived;
                }
                read();
            }
            return end;
        } catch (PosixException e) {
            if (e.is(Errno.EAGAIN)) {
                return new Incoming.Nothing();
            }
            if (e.is(Errno.ECONNRESET) && !reader.isMidFrame()) {
                // A peer that ends with something of ours unread: all that it sent was read before this is told.
                close();
                end = new Incoming.EndOfStream();
                return end;
            }
            return torn(e.getMessage());
        } catch (WireException e) {
            return torn(e.getMessage());
        }
    }

    /// One `recvmsg`: never more than the descriptors of one `sendmsg`, because the kernel stops a read
    /// behind them.
    private void read() throws PosixException, WireException {
        Survival.requireMemory(); // without, it is better off in the socket
        Received received = posix.recvmsg(socket, buffer.clear());
        try {
            take(received);
        } catch (VirtualMachineError e) { // a stream of which something is missing is of no use
            end = WITHOUT_MEMORY;
            close();
        }
    }

    private void take(Received received) throws WireException {
        queue.addAll(received.descriptors());
        if (received.truncated()) {
            throw new WireException(
                    "descriptors were lost on the way (MSG_CTRUNC): too many files are open here; raise the limit"
                            + " (ulimit -n, LimitNOFILE=)");
        }
        if (!takesDescriptors && !queue.isEmpty()) {
            throw new WireException("descriptors from a peer that may not send any");
        }
        if (queue.size() > QUEUE_LIMIT) {
            throw new WireException(
                    "more than " + QUEUE_LIMIT + " descriptors without the frames that own them");
        }
        if (received.bytes() > 0) {
            reader.feed(buffer.flip());
            checkSurplus();
        } else if (reader.isMidFrame()) {
            throw new WireException("the connection ended in the middle of a message");
        } else {
            end = new Incoming.EndOfStream();
        }
    }

    /// Descriptors come with the first byte of their frame. So those that are here belong to frames that have
    /// begun, and more than these announce can never be explained by a later byte. Found before any of these
    /// frames is delivered: nothing that comes along with a surplus is believed.
    private void checkSurplus() throws WireException {
        OptionalInt announced = reader.announcedDescriptors();
        if (announced.isPresent() && queue.size() > announced.getAsInt()) {
            throw new WireException(queue.size() + " descriptors came, and " + announced.getAsInt()
                    + " were announced");
        }
    }

    private Incoming deliver(Frame frame) throws WireException {
        if (queue.size() < frame.descriptors()) {
            throw new WireException(queue.size() + " descriptors came, and " + frame.descriptors()
                    + " were announced");
        }
        Message message = Codec.decode(frame);
        if (!(message instanceof Message.Unknown) && message.descriptors() != frame.descriptors()) {
            throw new WireException("a message with " + frame.descriptors() + " descriptors that has "
                    + message.descriptors());
        }
        boolean known = !(message instanceof Message.Unknown);
        List<Fd> descriptors = new ArrayList<>();
        for (Fd descriptor : queue) {
            if (known && descriptors.size() < frame.descriptors()) {
                descriptors.add(descriptor);
            }
        }
        Incoming arrived = new Incoming.Arrived(message, descriptors);
        for (int i = 0; i < frame.descriptors(); i++) {
            Fd taken = queue.remove();
            if (!known) {
                taken.close(); // nobody can know what it is for
            }
        }
        return arrived;
    }

    private Incoming torn(@Nullable String reason) {
        close();
        end = new Incoming.Torn(String.valueOf(reason));
        return end;
    }

    void close() {
        queue.forEach(Fd::close);
        queue.clear();
    }
}
