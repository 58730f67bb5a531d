package dev.ecdysis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Frames that nobody sends on purpose: they are understood or refused, and no other way however they are cut.
class HostileFramesTest {
    private static final int ROUNDS = 20_000;
    private static final String REFUSED = "refused";

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void theyAreUnderstoodOrRefusedHoweverTheyAreCut() {
        int refused = 0;
        int understood = 0;
        for (long seed = 0; seed < ROUNDS; seed++) {
            byte[] bytes = new HostileFrames(seed).next();
            List<String> whole = outcome(bytes, bytes.length, seed);
            int cut = new SplittableRandom(seed).nextInt(bytes.length + 1);
            assertThat(outcome(bytes, cut, seed)).as("seed %d, cut at %d", seed, cut).isEqualTo(whole);
            boolean isRefused = whole.contains(REFUSED);
            refused += isRefused ? 1 : 0;
            understood += whole.isEmpty() || isRefused ? 0 : 1;
        }
        // Else they are too wild or too tame to find anything.
        assertThat(refused).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
        assertThat(understood).isGreaterThan(ROUNDS / 100);
    }

    /// The messages, and whether what follows was refused.
    private static List<String> outcome(byte[] bytes, int cut, long seed) {
        List<String> outcome = new ArrayList<>();
        FrameReader reader = new FrameReader(Limits.STRANGER_FRAME);
        try {
            read(reader, ByteBuffer.wrap(bytes, 0, cut), outcome);
            read(reader, ByteBuffer.wrap(bytes, cut, bytes.length - cut), outcome);
        } catch (WireException e) {
            outcome.add(REFUSED);
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ", cut at " + cut, e);
        }
        return outcome;
    }

    private static void read(FrameReader reader, ByteBuffer bytes, List<String> messages) throws WireException {
        reader.feed(bytes);
        for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
            messages.add(Codec.decode(frame.get()).toString());
        }
    }
}
