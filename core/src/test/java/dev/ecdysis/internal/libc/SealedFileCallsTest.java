package dev.ecdysis.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.posix.Descriptors;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.KernelTest;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PosixException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SealedFileCallsTest extends KernelTest {
    private static final int ALL = Linux.F_SEAL_WRITE | Linux.F_SEAL_GROW | Linux.F_SEAL_SHRINK;

    private Fd file(int... content) throws PosixException {
        Fd file = closeLater(POSIX.memfdCreate("ecdysis-test"));
        for (int value : content) {
            POSIX.write(file, ByteBuffer.wrap(new byte[] {(byte) value}));
        }
        return file;
    }

    @Test
    void aFileInMemoryIsReadFromAnywhere() throws Exception {
        Fd file = file(1, 2, 3);
        ByteBuffer buffer = ByteBuffer.allocate(8);

        assertThat(POSIX.readAt(file, buffer, 1)).isEqualTo(2);
        assertThat(POSIX.readAt(file, buffer, 0)).isEqualTo(3);
        assertThat(POSIX.readAt(file, buffer, 3)).isZero();

        assertThat(buffer.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {2, 3, 1, 2, 3}));
        assertThat(Descriptors.isCloseOnExec(file)).isTrue();
    }

    @Test
    void aSealedFileStaysAsItIs() throws Exception {
        Fd file = file(1);
        assertThat(POSIX.seals(file) & ALL).isZero();

        POSIX.addSeals(file, ALL);

        assertThat(POSIX.seals(file) & ALL).isEqualTo(ALL);
        assertThat(failureOf(() -> POSIX.write(file, ByteBuffer.wrap(new byte[] {2}))))
                .hasMessageStartingWith("write(" + file + ", 1 bytes): EPERM");
    }

    @Test
    void whatIsNoFileInMemoryHasNoSeals() throws Exception {
        Fd pipe = notASocket();

        assertThat(errnoOf(() -> POSIX.seals(pipe))).isEqualTo(Errno.EINVAL);
        assertThat(failureOf(() -> POSIX.addSeals(pipe, ALL)))
                .hasMessageStartingWith("fcntl(" + pipe + ", F_ADD_SEALS");
        assertThat(failureOf(() -> POSIX.readAt(pipe, ByteBuffer.allocate(1), 0)))
                .hasMessageStartingWith("pread(" + pipe + ", offset 0): ESPIPE");
        assertThat(errnoOf(() -> POSIX.memfdCreate("x".repeat(250)))).isEqualTo(Errno.EINVAL);
    }
}
