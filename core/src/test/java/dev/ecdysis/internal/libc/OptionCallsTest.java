package dev.ecdysis.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.KernelTest;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PeerCredentials;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.SockAddr;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionCallsTest extends KernelTest {
    private static final int SOCK_DGRAM = 2;
    private static final long RETURN_NOTHING = 0x0006_00_00_00000000L;
    private static final long NO_SUCH_INSTRUCTION = 0xFFFF_00_00_00000000L;

    @Test
    void optionsAreSetAndRead() throws Exception {
        Fd socket = closeLater(POSIX.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0));

        POSIX.setsockopt(socket, Linux.SOL_SOCKET, Linux.SO_REUSEPORT, 1);
        POSIX.setsockopt(socket, Linux.IPPROTO_TCP, Linux.TCP_KEEPIDLE, 1234);

        assertThat(POSIX.getsockopt(socket, Linux.SOL_SOCKET, Linux.SO_REUSEPORT)).isOne();
        assertThat(POSIX.getsockopt(socket, Linux.IPPROTO_TCP, Linux.TCP_KEEPIDLE)).isEqualTo(1234);
        assertThat(POSIX.getsockopt(socket, Linux.SOL_SOCKET, Linux.SO_DOMAIN)).isEqualTo(Linux.AF_INET);
        assertThat(POSIX.getsockopt(socket, Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN)).isZero();
    }

    @Test
    void aFailureNamesTheOption() throws Exception {
        Fd pipe = notASocket();
        Fd unix = closeLater(POSIX.socketpair()).first();

        assertThat(failureOf(() -> POSIX.setsockopt(pipe, Linux.SOL_SOCKET, Linux.SO_REUSEPORT, 1)))
                .hasMessage("setsockopt(" + pipe + ", SOL_SOCKET/SO_REUSEPORT=1): ENOTSOCK (not a socket)");
        assertThat(failureOf(() -> POSIX.getsockopt(unix, Linux.IPPROTO_TCP, Linux.TCP_FASTOPEN)))
                .hasMessageStartingWith("getsockopt(" + unix + ", IPPROTO_TCP/TCP_FASTOPEN): EOPNOTSUPP");
    }

    @Test
    void aFilterDropsWhatArrives() throws Exception {
        Fd receiver = closeLater(POSIX.socket(Linux.AF_INET, SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0));
        POSIX.bind(receiver, new SockAddr.Inet4(InetAddress.ofLiteral("127.0.0.1"), 0));
        Fd sender = closeLater(POSIX.socket(Linux.AF_INET, SOCK_DGRAM, 0));
        POSIX.connect(sender, POSIX.getsockname(receiver));
        PollFd arrival = new PollFd(receiver, Linux.POLLIN);

        POSIX.attachFilter(receiver, RETURN_NOTHING);
        POSIX.write(sender, ByteBuffer.wrap(new byte[] {1}));
        assertThat(POSIX.poll(List.of(arrival), 0)).isZero();

        POSIX.setsockopt(receiver, Linux.SOL_SOCKET, Linux.SO_DETACH_FILTER, 0);
        POSIX.write(sender, ByteBuffer.wrap(new byte[] {2}));
        assertThat(POSIX.poll(List.of(arrival), 5_000)).isOne();
    }

    @Test
    void aFilterOfNonsenseIsRefused() throws Exception {
        Fd socket = closeLater(POSIX.socket(Linux.AF_INET, SOCK_DGRAM, 0));

        assertThat(failureOf(() -> POSIX.attachFilter(socket, NO_SUCH_INSTRUCTION)))
                .hasMessage("setsockopt(" + socket
                        + ", SOL_SOCKET/SO_ATTACH_FILTER, 1 steps): EINVAL (invalid argument)");
    }

    @Test
    void peerCredentialsAreThoseOfTheCreator() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        Fd pipe = notASocket();

        PeerCredentials peer = POSIX.peerCredentials(pair.first());

        assertThat(peer.pid()).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(peer.uid()).isEqualTo(POSIX.geteuid());
        assertThat(errnoOf(() -> POSIX.peerCredentials(pipe))).isEqualTo(Errno.ENOTSOCK);
    }
}
