package dev.ecdysis.internal.wire;

import java.nio.ByteBuffer;
import java.util.Optional;

/// Messages to bytes, and frames to messages.
public final class Codec {
    private Codec() {
    }

    /// The frame of a message.
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
        ByteBuffer target = ByteBuffer.allocate((int) length);
        new Header((int) length, type.number(), descriptors).write(target);
        fields.write(target);
        return target.flip();
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
