package dev.ecdysis.internal.wire;

import java.nio.ByteBuffer;
import java.util.Optional;

/// The first twelve bytes of every frame; all numbers are unsigned and big-endian.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +---------------------------------------------------------------+
/// |                            Length                             |
/// +---------------+---------------+-------------------------------+
/// |    Version    |     Flags     |             Type              |
/// +---------------+---------------+-------------------------------+
/// |          Descriptors          |           Reserved            |
/// +-------------------------------+-------------------------------+
/// |                            Fields                            ...
/// ```
///
/// @param length bytes of the whole frame, these twelve included
/// @param type the type of the message
/// @param descriptors how many descriptors travel with the first byte of this frame
record Header(int length, int type, int descriptors) {
    /// The version of the framing. What the messages mean is negotiated by HELLO and WELCOME instead.
    static final int VERSION = 1;
    static final int BYTES = 12;

    private static final int LENGTH_OFFSET = 0;
    private static final int VERSION_OFFSET = 4;
    private static final int TYPE_OFFSET = 6;
    private static final int DESCRIPTORS_OFFSET = 8;

    /// Reads the header that begins at the buffer's position, without moving it. Empty when it is not whole
    /// yet; but what can be refused is refused at the first byte that shows it.
    static Optional<Header> peek(ByteBuffer bytes, int frameLimit) throws WireException {
        int start = bytes.position();
        if (bytes.remaining() >= VERSION_OFFSET) {
            checkLength(Integer.toUnsignedLong(bytes.getInt(start + LENGTH_OFFSET)), frameLimit);
        }
        if (bytes.remaining() > VERSION_OFFSET) {
            checkVersion(Byte.toUnsignedInt(bytes.get(start + VERSION_OFFSET)));
        }
        if (bytes.remaining() < BYTES) {
            return Optional.empty();
        }
        Header header = new Header(bytes.getInt(start + LENGTH_OFFSET),
                Short.toUnsignedInt(bytes.getShort(start + TYPE_OFFSET)),
                Short.toUnsignedInt(bytes.getShort(start + DESCRIPTORS_OFFSET)));
        header.checkDescriptors();
        return Optional.of(header);
    }

    private static void checkLength(long length, int frameLimit) throws WireException {
        if (length < BYTES) {
            throw new WireException("a frame of " + length + " bytes is shorter than its header");
        }
        if (length > frameLimit) {
            throw new WireException(
                    "a frame of " + length + " bytes; at most " + frameLimit + " are allowed here");
        }
    }

    private static void checkVersion(int version) throws WireException {
        if (version != VERSION) {
            throw new WireException(
                    "a frame of version " + version + "; only version " + VERSION + " is known");
        }
    }

    private void checkDescriptors() throws WireException {
        if (descriptors > Limits.DESCRIPTORS) {
            throw new WireException("a frame announces " + descriptors + " descriptors; at most "
                    + Limits.DESCRIPTORS + " are allowed");
        }
    }

    void write(ByteBuffer target) {
        target.putInt(length).put((byte) VERSION).put((byte) 0).putShort((short) type)
                .putShort((short) descriptors).putShort((short) 0);
    }
}
