package dev.ecdysis.internal.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes streams of bytes apart, for tests.
final class Streams {
    private Streams() {
    }

    static FrameReader reader(ByteBuffer bytes) {
        FrameReader reader = new FrameReader(Limits.FRAME);
        reader.feed(bytes);
        return reader;
    }

    /// Every message in these bytes.
    static List<Message> messages(ByteBuffer bytes) throws WireException {
        FrameReader reader = reader(bytes);
        List<Message> messages = new ArrayList<>();
        for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
            messages.add(Codec.decode(frame.get()));
        }
        return messages;
    }

    /// The only frame in these bytes.
    static Frame frame(ByteBuffer bytes) throws WireException {
        FrameReader reader = reader(bytes);
        Frame frame = reader.next().orElseThrow();
        if (reader.isMidFrame()) {
            throw new AssertionError("more than one frame");
        }
        return frame;
    }

    /// A frame as nobody here would write it.
    static ByteBuffer raw(int length, int version, int flags, int type, int descriptors, Fields fields) {
        ByteBuffer bytes = ByteBuffer.allocate(Header.BYTES + fields.encodedLength());
        bytes.putInt(length).put((byte) version).put((byte) flags).putShort((short) type)
                .putShort((short) descriptors).putShort((short) 0);
        fields.write(bytes);
        return bytes.flip();
    }

    /// A frame of version 1 with the right length.
    static ByteBuffer raw(int flags, int type, int descriptors, Fields fields) {
        return raw(Header.BYTES + fields.encodedLength(), Header.VERSION, flags, type, descriptors, fields);
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    static ByteBuffer join(ByteBuffer... parts) {
        ByteBuffer joined = ByteBuffer.allocate(4 * 1024 * 1024);
        for (ByteBuffer part : parts) {
            joined.put(part.duplicate());
        }
        return joined.flip();
    }
}
