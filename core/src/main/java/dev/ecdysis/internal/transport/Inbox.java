package dev.ecdysis.internal.transport;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.Received;
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
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The receiving half of a [FrameChannel]: bytes become frames, and descriptors wait in a queue for the frame
/// that announces them, because one read may return the bytes of one frame and the descriptors of the next.
final class Inbox {
    /// With room for control messages, no more than a thread keeps for its calls.
    private static final int READ_BYTES = 4 * 1024;
    /// Reading stops at each whole message, so an honest peer has at most one unfinished message's
    /// descriptors here, and those of the one read that finished it.
    private static final int QUEUE_LIMIT = Limits.DESCRIPTORS + Limits.DESCRIPTORS_PER_FRAME;

    private final Posix posix;
    private final Fd socket;
    private final FrameReader reader;
    private final ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
    private final Deque<Fd> queue = new ArrayDeque<>();
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
                Optional<Frame> frame = reader.next();
                if (frame.isPresent()) {
                    return deliver(frame.get());
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
        Received received = posix.recvmsg(socket, buffer.clear());
        queue.addAll(received.descriptors());
        if (received.truncated()) {
            throw new WireException(
                    "descriptors were lost on the way (MSG_CTRUNC): too many files are open here");
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
        List<Fd> descriptors = new ArrayList<>();
        for (int i = 0; i < frame.descriptors(); i++) {
            descriptors.add(queue.remove());
        }
        if (message instanceof Message.Unknown) {
            // Nobody can know what they are for.
            descriptors.forEach(Fd::close);
            descriptors.clear();
        }
        return new Incoming.Arrived(message, descriptors);
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
