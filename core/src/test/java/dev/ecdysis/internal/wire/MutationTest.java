package dev.ecdysis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Bytes that nobody sends on purpose: they are another message, an incomplete one, or a [WireException].
class MutationTest {
    private static final int ROUNDS = 100_000;
    private static final byte[] INTERESTING = {0, 1, 0x7F, (byte) 0x80, (byte) 0xFF};

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void anythingElseThanAWireExceptionIsABug() {
        SplittableRandom random = new SplittableRandom(42);
        RandomMessages messages = new RandomMessages(random);
        int refused = 0;
        int understood = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mutated(messages.next(), random);
            try {
                understood += Streams.messages(ByteBuffer.wrap(bytes)).stream().mapToInt(MutationTest::touch)
                        .sum();
            } catch (WireException e) {
                refused++;
            }
        }
        // Else the mutations are too wild or too tame to find anything.
        assertThat(refused).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
        assertThat(understood).isGreaterThan(ROUNDS / 100);
    }

    private static byte[] mutated(Message message, SplittableRandom random) {
        byte[] bytes;
        try {
            int descriptors = random.nextInt(4) == 0 ? 300 : message.descriptors();
            bytes = Streams.bytes(Codec.encode(message, descriptors));
        } catch (WireException e) {
            throw new AssertionError(e);
        }
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

    private static byte[] without(byte[] bytes, int at) {
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - 1);
        System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
        return shorter;
    }

    /// Whatever was understood can also be looked at.
    private static int touch(Message message) {
        if (message.toString().isEmpty() || message.descriptors() < 0) {
            throw new AssertionError("a message that makes no sense");
        }
        if (message instanceof Message.Result(Fields outcome)) {
            try {
                for (String name : List.of("n0", "n1", "n2", "n3")) {
                    outcome.nested(name);
                    outcome.texts(name);
                    outcome.optionalNumber(name);
                }
            } catch (WireException e) {
                return 0;
            }
        }
        return 1;
    }
}
