package dev.ecdysis.internal.wire;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Makes frames of the bytes of a stream, however they were cut. Feed it what was read, then take frames
/// until there is none; memory grows with what was fed, never with what a frame claims to be.
///
/// Not thread-safe. After a [WireException] every further call of [#next()] throws it again.
public final class FrameReader {
    private static final int FIRST_CAPACITY = 512;

    private int limit;
    /// What was fed and not yet taken lies between its position and its limit.
    private ByteBuffer bytes = ByteBuffer.allocate(FIRST_CAPACITY).limit(0);
    private @Nullable WireException failure;

    /// @param limit how many bytes a frame may have, see [Limits]
    public FrameReader(int limit) {
        this.limit = limit;
    }

    /// Changes how many bytes each further frame may have; it counts for bytes already fed, too.
    public void limit(int bytesPerFrame) {
        limit = bytesPerFrame;
    }

    /// Takes over all that remains of the source.
    public void feed(ByteBuffer source) {
        int count = source.remaining();
        if (bytes.capacity() - bytes.limit() < count) {
            makeRoom(count);
        }
        int end = bytes.limit();
        bytes.limit(end + count).put(end, source, source.position(), count);
        source.position(source.limit());
    }

    /// Moves what is here only when that frees at least half of the room, so that a peer who sends byte by
    /// byte does not make us move everything each time.
    private void makeRoom(int count) {
        int needed = bytes.remaining() + count;
        if (needed <= bytes.capacity() / 2) {
            bytes.compact().flip();
        } else {
            bytes = ByteBuffer.allocate(2 * needed).put(bytes).flip();
        }
    }

    /// The next message; empty when it is not whole yet.
    public Optional<Frame> next() throws WireException {
        if (failure != null) {
            throw failure;
        }
        try {
            return takeMessage();
        } catch (WireException e) {
            failure = e;
            throw e;
        }
    }

    private Optional<Frame> takeMessage() throws WireException {
        Optional<Header> header = Header.peek(bytes, limit);
        if (header.isEmpty() || bytes.remaining() < header.get().length()) {
            return Optional.empty();
        }
        Header found = header.get();
        Optional<Frame> frame = Optional.of(new Frame(found.type(), found.descriptors(), body(found)));
        bytes.position(bytes.position() + found.length()); // last: what lacks memory is to be had again
        return frame;
    }

    private Fields body(Header header) throws WireException {
        return Fields.read(bytes.slice(bytes.position() + Header.BYTES, header.length() - Header.BYTES));
    }

    /// Whether the stream would be cut in the middle of a message if it ended here.
    public boolean isMidFrame() {
        return bytes.hasRemaining();
    }

    /// How many descriptors belong to the frames that have begun and were not taken; empty when that cannot
    /// be said, because a header is not whole or not good. Descriptors travel with the first byte of their
    /// frame, so whoever received more than that received some that belong to nothing.
    public OptionalInt announcedDescriptors() {
        int sum = 0;
        ByteBuffer ahead = bytes.duplicate();
        try {
            while (ahead.hasRemaining()) {
                // Not our limit: it may be raised before the frame's turn comes, and it is checked then.
                Optional<Header> header = Header.peek(ahead, Limits.FRAME);
                if (header.isEmpty()) {
                    return OptionalInt.empty();
                }
                sum += header.get().descriptors();
                ahead.position(ahead.position() + Math.min(header.get().length(), ahead.remaining()));
            }
            return OptionalInt.of(sum);
        } catch (WireException e) {
            return OptionalInt.empty();
        }
    }
}
