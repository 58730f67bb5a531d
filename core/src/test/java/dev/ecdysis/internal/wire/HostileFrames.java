package dev.ecdysis.internal.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Bytes that nobody sends on purpose, the same ones for the same seed.
public final class HostileFrames {
    private static final byte[] INTERESTING = {0, 1, 0x7F, (byte) 0x80, (byte) 0xFF};
    private static final int LARGEST_BODY = Limits.STRANGER_FRAME - Header.BYTES;
    private static final int MOST_FIELDS = 6;
    private static final int FLAGS_OFFSET = 5;
    private static final int LONGEST_VALUE = 50;

    private final SplittableRandom random;
    private final RandomMessages messages;

    public HostileFrames(long seed) {
        random = new SplittableRandom(seed);
        messages = new RandomMessages(random);
    }

    /// Good headers before bodies that are noise or nearly fields, and good messages that were cut off or changed.
    public byte[] next() {
        return switch (random.nextInt(5)) {
            case 0 -> framed(noise(random.nextInt(random.nextBoolean() ? 40 : LARGEST_BODY + 1)));
            case 1 -> framed(nearlyFields());
            case 2 -> framed(fields(messages.fields(1)));
            case 3 -> cutOff();
            default -> mutated();
        };
    }

    /// A header that claims what is true, and any type.
    private byte[] framed(byte[] body) {
        MessageType[] types = MessageType.values();
        int type = random.nextInt(8) == 0 ? random.nextInt(1 << 16) : types[random.nextInt(types.length)].number();
        int flags = random.nextInt(8) == 0 ? random.nextInt(1 << 8) : 0;
        int descriptors = random.nextInt(8) == 0 ? random.nextInt(Limits.DESCRIPTORS + 1) : 0;
        ByteBuffer frame = ByteBuffer.allocate(Header.BYTES + body.length);
        new Header(frame.capacity(), type, descriptors).write(frame);
        frame.put(FLAGS_OFFSET, (byte) flags);
        return frame.put(body).array();
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /// Names and values of plausible lengths, without any sense.
    private byte[] nearlyFields() {
        ByteBuffer body = ByteBuffer.allocate(LARGEST_BODY);
        for (int i = random.nextInt(MOST_FIELDS); i > 0; i--) {
            int name = random.nextInt(1, Limits.NAME + 1);
            int value = random.nextInt(LONGEST_VALUE);
            body.putInt(name << 24 | value).put(noise(name + value));
        }
        return Arrays.copyOf(body.array(), body.position());
    }

    private static byte[] fields(Fields fields) {
        ByteBuffer body = ByteBuffer.allocate(fields.encodedLength());
        fields.write(body);
        return body.array();
    }

    private byte[] cutOff() {
        byte[] whole = encoded();
        return Arrays.copyOf(whole, random.nextInt(whole.length));
    }

    /// A message with up to three bytes changed or missing.
    byte[] mutated() {
        byte[] bytes = encoded();
        for (int i = random.nextInt(1, 4); i > 0 && bytes.length > 1; i--) {
            int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 40));
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = INTERESTING[random.nextInt(INTERESTING.length)];
                case 3 -> bytes = without(bytes, at);
                default -> bytes = Arrays.copyOf(bytes, at + 1);
            }
        }
        return bytes;
    }

    private byte[] encoded() {
        Message message = messages.next();
        int descriptors = random.nextInt(4) == 0 ? 200 : message.descriptors();
        try {
            return Streams.bytes(Codec.encode(message, descriptors));
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] without(byte[] bytes, int at) {
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - 1);
        System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
        return shorter;
    }

    /// Whether a server would take them for one of these.
    public static boolean hold(byte[] bytes, List<Class<? extends Message>> requests) {
        FrameReader reader = new FrameReader(Limits.STRANGER_FRAME);
        reader.feed(ByteBuffer.wrap(bytes));
        try {
            for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
                if (requests.contains(Codec.decode(frame.get()).getClass())) {
                    return true;
                }
            }
            return false;
        } catch (WireException e) {
            return false;
        }
    }
}
