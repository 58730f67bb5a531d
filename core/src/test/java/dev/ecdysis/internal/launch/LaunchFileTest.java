package dev.ecdysis.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.wire.LaunchCodec;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.internal.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A large launch description on its way, and what else may come instead of it.
class LaunchFileTest {
    private static final int SEALS = Linux.F_SEAL_WRITE | Linux.F_SEAL_GROW | Linux.F_SEAL_SHRINK;
    private static final Message.LaunchDescription LARGE = new Message.LaunchDescription(List.of(ascii("java")),
            Collections.nCopies(20_000, ascii("SERVICE_PORT=" + "x".repeat(60))), ascii("/srv"));

    private final FaultingPosix posix = new FaultingPosix(LinuxPosix.open());

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(posix.openDescriptors()).isEmpty();
    }

    private Fd unsealed(ByteBuffer content) throws IOException {
        Fd file = posix.memfdCreate("test");
        while (content.hasRemaining()) {
            posix.write(file, content);
        }
        return file;
    }

    private void refused(Fd file, int bytes, Class<? extends Exception> type, String why) {
        try (file) {
            assertThatThrownBy(() -> LaunchFile.read(posix, file, new Message.LaunchFile(bytes))).isInstanceOf(type)
                    .hasMessageContaining(why);
        }
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        ByteBuffer content = LaunchCodec.encode(LARGE);
        int bytes = content.remaining();
        try (Fd file = LaunchFile.write(posix, content)) {
            // By both sides, of which each may come first.
            for (int i = 0; i < 2; i++) {
                assertThat(LaunchFile.read(posix, file, new Message.LaunchFile(bytes))).isEqualTo(LARGE);
            }
            assertThatThrownBy(() -> posix.write(file, ByteBuffer.allocate(1))).hasMessageContaining("EPERM");
        }
    }

    /// Whatever fails on either side is told, and leaves nothing open.
    @Test
    void whateverFailsLeavesNothing() throws Exception {
        int n = 0;
        do {
            n++;
            posix.failAt(n);
            ByteBuffer content = LaunchCodec.encode(LARGE);
            int bytes = content.remaining();
            try (Fd file = LaunchFile.write(posix, content)) {
                LaunchFile.read(posix, file, new Message.LaunchFile(bytes));
            } catch (PosixException e) {
                assertThat(e).isSameAs(posix.injected().orElseThrow());
            }
            assertThat(posix.openDescriptors()).isEmpty();
        } while (posix.injected().isPresent());
        assertThat(n).isGreaterThan(20);
    }

    @Test
    void anotherLengthThanWasSaidIsRefused() throws Exception {
        ByteBuffer content = LaunchCodec.encode(LARGE);
        int bytes = content.remaining();
        refused(LaunchFile.write(posix, content.duplicate()), bytes + 1, IOException.class,
                "has " + bytes + " bytes and not " + (bytes + 1));
        refused(LaunchFile.write(posix, content.duplicate()), bytes - 1, IOException.class,
                "has more than " + (bytes - 1) + " bytes");
        refused(posix.memfdCreate("empty"), 1, IOException.class, "is not sealed");
    }

    /// Each seal counts: without one of them its sender could cut, fill or change it meanwhile.
    @Test
    void oneThatIsNotSealedIsRefused() throws Exception {
        ByteBuffer content = LaunchCodec.encode(LARGE);
        int bytes = content.remaining();
        for (int missing : new int[] {Linux.F_SEAL_WRITE, Linux.F_SEAL_GROW, Linux.F_SEAL_SHRINK, SEALS}) {
            Fd file = unsealed(content.duplicate());
            posix.addSeals(file, SEALS & ~missing);
            refused(file, bytes, IOException.class, "is not sealed");
        }
    }

    /// A pipe that nobody writes to would keep its reader waiting for ever.
    @Test
    void whatIsNoFileInMemoryIsRefused() throws Exception {
        try (FdPair pipe = posix.pipe2(); FdPair sockets = posix.socketpair()) {
            refused(pipe.first(), 10, IOException.class, "is no file in memory");
            refused(sockets.first(), 10, IOException.class, "is no file in memory");
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() throws Exception {
        refused(LaunchFile.write(posix, ByteBuffer.wrap(new byte[100])), 100, WireException.class, "a field's name");
    }
}
