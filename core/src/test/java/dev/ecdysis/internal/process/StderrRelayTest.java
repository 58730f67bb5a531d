package dev.ecdysis.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.LinuxPosix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StderrRelayTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final FaultingPosix posix = new FaultingPosix(LinuxPosix.open());

    /// Writes it through a relay; returns what came out at the other end.
    private byte[] relay(byte[] bytes, CompletableFuture<List<String>> lastWords) throws Exception {
        try (FdPair in = posix.pipe2(); FdPair out = posix.pipe2()) {
            StderrRelay relay = StderrRelay.start(posix, in.first(), out.second());
            CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> readAll(out.first()));
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                posix.write(in.second(), buffer);
            }
            in.second().close();
            lastWords.complete(relay.lastWords(LONG));
            return read.get();
        } finally {
            assertThat(posix.openDescriptors()).isEmpty();
        }
    }

    private byte[] readAll(Fd pipe) {
        try {
            ByteBuffer all = ByteBuffer.allocate(1 << 20);
            while (posix.read(pipe, all) > 0) {
                assertThat(all.hasRemaining()).isTrue();
            }
            byte[] bytes = new byte[all.flip().remaining()];
            all.get(bytes);
            return bytes;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void allIsRelayedAndTheEndIsKept() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append("line ").append(i).append('\n');
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        CompletableFuture<List<String>> words = new CompletableFuture<>();
        assertThat(relay(bytes, words)).isEqualTo(bytes);
        assertThat(words.get()).hasSize(50).endsWith("line 19998", "line 19999");
    }

    @Test
    void aLineWithoutAnEndIsCut() throws Exception {
        CompletableFuture<List<String>> words = new CompletableFuture<>();
        relay("ü".repeat(100_000).getBytes(StandardCharsets.UTF_8), words);
        assertThat(words.get()).hasSize(1);
        assertThat(words.get().getFirst()).hasSize(2_000);
    }

    @Test
    void theSuccessorDoesNotNoticeThatOurStandardErrorIsGone() throws Exception {
        try (FdPair in = posix.pipe2(); FdPair out = posix.pipe2()) {
            StderrRelay relay = StderrRelay.start(posix, in.first(), out.second());
            out.first().close();
            for (int i = 0; i < 100; i++) {
                posix.write(in.second(), ByteBuffer.wrap(new byte[8 << 10]));
            }
            posix.write(in.second(), ByteBuffer.wrap("\nthe end\n".getBytes(StandardCharsets.UTF_8)));
            in.second().close();
            assertThat(relay.lastWords(LONG)).endsWith("the end");
        }
    }

    @Test
    void aGrandchildThatHoldsItOpenIsNotWaitedFor() throws Exception {
        try (FdPair in = posix.pipe2(); FdPair out = posix.pipe2()) {
            StderrRelay relay = StderrRelay.start(posix, in.first(), out.second());
            posix.write(in.second(), ByteBuffer.wrap("so far\n".getBytes(StandardCharsets.UTF_8)));
            posix.read(out.first(), ByteBuffer.allocate(100));
            assertThat(relay.lastWords(Duration.ofMillis(1))).containsExactly("so far");
        }
    }
}
