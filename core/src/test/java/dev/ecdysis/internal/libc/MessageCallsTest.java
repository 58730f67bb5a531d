package dev.ecdysis.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.posix.Descriptors;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.KernelTest;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.Received;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageCallsTest extends KernelTest {
    private static final int SO_PASSCRED = 16;

    @Test
    void bytesAndADescriptorArriveTogether() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        Fd sent = notASocket();
        ByteBuffer bytes = bytes("hello");
        ByteBuffer buffer = ByteBuffer.allocate(16);

        assertThat(POSIX.sendmsg(pair.first(), bytes, List.of(sent))).isEqualTo(5);
        Received received = receive(pair.second(), buffer);

        assertThat(bytes.hasRemaining()).isFalse();
        assertThat(received.bytes()).isEqualTo(5);
        assertThat(text(buffer)).isEqualTo("hello");
        assertThat(received.truncated()).isFalse();
        Fd arrived = received.descriptors().getFirst();
        assertThat(arrived.number()).isNotEqualTo(sent.number());
        assertThat(Descriptors.target(arrived)).isEqualTo(Descriptors.target(sent));
        assertThat(Descriptors.isCloseOnExec(arrived)).isTrue();
    }

    @Test
    void sendsFromThePositionOfADirectOrReadOnlyBuffer() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        ByteBuffer direct = ByteBuffer.allocateDirect(5).put(bytes("hello")).position(3);
        ByteBuffer buffer = ByteBuffer.allocateDirect(8).position(2);

        POSIX.sendmsg(pair.first(), direct, List.of());
        POSIX.sendmsg(pair.first(), bytes("you").asReadOnlyBuffer(), List.of());
        POSIX.recvmsg(pair.second(), buffer);

        assertThat(buffer.position()).isEqualTo(7);
        assertThat(text(buffer.flip().position(2).slice().position(5))).isEqualTo("loyou");
    }

    @Test
    void twoHundredFiftyTwoDescriptorsInOneMessage() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        Fd sent = notASocket();

        POSIX.sendmsg(pair.first(), bytes("x"), Collections.nCopies(Linux.SCM_MAX_FD, sent));
        Received received = receive(pair.second(), ByteBuffer.allocate(8));

        assertThat(received.descriptors()).hasSize(252);
        assertThat(new HashSet<>(received.descriptors().stream().map(Fd::number).toList())).hasSize(252);
        assertThat(received.truncated()).isFalse();
    }

    @Test
    void oneMoreIsRefusedBeforeTheKernelSeesIt() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        List<Fd> tooMany = Collections.nCopies(Linux.SCM_MAX_FD + 1, pair.first());

        assertThatThrownBy(() -> POSIX.sendmsg(pair.first(), bytes("x"), tooMany))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("253");
        assertThatThrownBy(() -> POSIX.sendmsg(pair.first(), bytes(""), List.of(pair.first())))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> POSIX.recvmsg(pair.first(), ByteBuffer.allocate(0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// Why the descriptors of a frame cannot be told from the read they came with.
    @Test
    void bytesOfOneMessageComeWithTheDescriptorsOfTheNext() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        ByteBuffer buffer = ByteBuffer.allocate(16);

        POSIX.sendmsg(pair.first(), bytes("a"), List.of());
        POSIX.sendmsg(pair.first(), bytes("b"), List.of(pair.first()));
        Received received = receive(pair.second(), buffer);

        assertThat(text(buffer)).isEqualTo("ab");
        assertThat(received.descriptors()).hasSize(1);
    }

    @Test
    void aControlBufferThatIsTooSmallTruncatesAndLeaksNothing() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        MessageCalls small = new MessageCalls(POSIX, Libc.link(),
                MessageLayout.controlSpace(2 * Integer.BYTES));

        POSIX.sendmsg(pair.first(), bytes("x"), Collections.nCopies(5, pair.first()));
        Received received = small.recvmsg(pair.second(), ByteBuffer.allocate(8));
        received.descriptors().forEach(this::closeLater);

        assertThat(received.truncated()).isTrue();
        assertThat(received.descriptors()).hasSize(2);
    }

    @Test
    void controlMessagesOfOtherKindsAreSteppedOver() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        POSIX.setsockopt(pair.second(), Linux.SOL_SOCKET, SO_PASSCRED, 1);

        POSIX.sendmsg(pair.first(), bytes("x"), Collections.nCopies(Linux.SCM_MAX_FD, pair.first()));
        Received received = receive(pair.second(), ByteBuffer.allocate(8));

        assertThat(received.descriptors()).hasSize(252);
        assertThat(received.truncated()).isFalse();
    }

    @Test
    void aFullSocketTakesAPartAndThenNothing() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        ByteBuffer much = ByteBuffer.allocate(16 << 20);

        assertThat(errnoOf(() -> {
            while (true) {
                POSIX.sendmsg(pair.first(), much, List.of());
            }
        })).isEqualTo(Errno.EAGAIN);
        assertThat(much.position()).isBetween(1, much.capacity() - 1);
    }

    @Test
    void nothingThereIsNotTheEnd() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        Fd pipe = notASocket();

        assertThat(errnoOf(() -> POSIX.recvmsg(pair.second(), ByteBuffer.allocate(1))))
                .isEqualTo(Errno.EAGAIN);
        assertThat(errnoOf(() -> POSIX.recvmsg(pipe, ByteBuffer.allocate(1)))).isEqualTo(Errno.ENOTSOCK);
        pair.first().close();
        assertThat(POSIX.recvmsg(pair.second(), ByteBuffer.allocate(1)).bytes()).isZero();
    }

    @Test
    void sendingToNobodyFailsAndDoesNotKill() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        pair.second().close();

        assertThat(failureOf(() -> POSIX.sendmsg(pair.first(), bytes("abc"), List.of(pair.first()))))
                .hasMessageStartingWith("sendmsg(" + pair.first() + ", 3 bytes, 1 descriptors): EPIPE");
    }

    private Received receive(Fd socket, ByteBuffer buffer) throws PosixException {
        Received received = POSIX.recvmsg(socket, buffer);
        received.descriptors().forEach(this::closeLater);
        return received;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer buffer) {
        return StandardCharsets.UTF_8.decode(buffer.duplicate().flip()).toString();
    }
}
