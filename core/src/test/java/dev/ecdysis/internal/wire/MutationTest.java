package dev.ecdysis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Bytes that nobody sends on purpose: they are another message, an incomplete one, or a [WireException].
class MutationTest {
    private static final int ROUNDS = 100_000;

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void anythingElseThanAWireExceptionIsABug() {
        HostileFrames frames = new HostileFrames(42);
        int refused = 0;
        int understood = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = frames.mutated();
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
