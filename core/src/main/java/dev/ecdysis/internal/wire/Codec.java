package dev.ecdysis.internal.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Messages to bytes, and frames to messages.
public final class Codec {
    private Codec() {
    }

    /// The bytes of a message: its frame, and continuations when it has more descriptors than one frame may
    /// have.
    ///
    /// @param descriptors how many descriptors will travel with it
    /// @throws WireException when it passes one of the [Limits]
    public static ByteBuffer encode(Message message, int descriptors) throws WireException {
        if (descriptors < 0 || descriptors > Limits.DESCRIPTORS) {
            throw new WireException(
                    "a message of " + descriptors + " descriptors; at most " + Limits.DESCRIPTORS
                            + " are allowed");
        }
        MessageWriter.Content content = MessageWriter.content(message);
        MessageType type = content.type();
        Fields fields = content.fields();
        fields.checkSendable();
        long length = (long) Header.BYTES + fields.encodedLength();
        if (length > Limits.FRAME) {
            throw new WireException(
                    type + " has " + length + " bytes; at most " + Limits.FRAME + " are allowed");
        }
        int continuations = Math.ceilDiv(Math.max(descriptors, 1), Limits.DESCRIPTORS_PER_FRAME) - 1;
        ByteBuffer target = ByteBuffer.allocate((int) length + continuations * Header.BYTES);
        int left = writeHeader(target, (int) length, type.number(), descriptors);
        fields.write(target);
        while (left > 0) {
            left = writeHeader(target, Header.BYTES, Header.CONTINUATION, left);
        }
        return target.flip();
    }

    /// Gives the frame as many of the descriptors as it may have, and returns how many are left.
    private static int writeHeader(ByteBuffer target, int length, int type, int descriptors) {
        int own = Math.min(descriptors, Limits.DESCRIPTORS_PER_FRAME);
        int left = descriptors - own;
        new Header(length, left > 0 ? Header.MORE : 0, type, own).write(target);
        return left;
    }

    /// Cuts what [#encode] returned into its frames, because descriptors travel with the first byte of their
    /// frame: as many as [Limits#DESCRIPTORS_PER_FRAME] with each, and the last has the rest.
    public static List<ByteBuffer> frames(ByteBuffer encoded) {
        List<ByteBuffer> frames = new ArrayList<>();
        for (int start = encoded.position(); start < encoded.limit();) {
            int length = encoded.getInt(start);
            frames.add(encoded.slice(start, length));
            start += length;
        }
        return frames;
    }

    /// The typed message in a frame; [Message.Unknown] when this version does not know the type.
    ///
    /// @throws WireException when a required field is missing, or a value makes no sense
    public static Message decode(Frame frame) throws WireException {
        Optional<MessageType> type = MessageType.of(frame.type());
        if (type.isEmpty()) {
            return new Message.Unknown(frame.type());
        }
        try {
            return MessageReader.message(type.get(), frame.body());
        } catch (IllegalArgumentException e) {
            throw new WireException(type.get() + ": " + e.getMessage(), e);
        }
    }
}
