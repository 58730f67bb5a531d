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
import dev.ecdysis.internal.posix.SockAddr;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketCallsTest extends KernelTest {
    private static final int STREAM = Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK;

    @TempDir
    Path folder;

    @Test
    void socketIsCloseOnExecAlways() throws Exception {
        Fd socket = closeLater(POSIX.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0));

        assertThat(Descriptors.isCloseOnExec(socket)).isTrue();
        assertThat(Descriptors.isNonBlocking(socket)).isFalse();
        assertThat(failureOf(() -> POSIX.socket(99, Linux.SOCK_STREAM, 0)))
                .hasMessage("socket(family 99, type 1): EAFNOSUPPORT (address family not supported)");
    }

    @Test
    void addressesOfAllFamiliesComeBackAsTheyWentIn() throws Exception {
        Fd inet = listening(Linux.AF_INET, new SockAddr.Inet4(InetAddress.ofLiteral("127.0.0.1"), 0));
        Fd inet6 = listening(Linux.AF_INET6, new SockAddr.Inet6(InetAddress.ofLiteral("::1"), 0, 0));
        SockAddr.Unix path = new SockAddr.Unix(folder.resolve("a socket"));
        Fd unix = listening(Linux.AF_UNIX, path);

        assertThat(POSIX.getsockname(inet)).isInstanceOfSatisfying(SockAddr.Inet4.class, address -> {
            assertThat(address.host().getHostAddress()).isEqualTo("127.0.0.1");
            assertThat(address.port()).isPositive();
            assertThat(address).hasToString("127.0.0.1:" + address.port());
        });
        assertThat(POSIX.getsockname(inet6)).isInstanceOfSatisfying(SockAddr.Inet6.class, address -> {
            assertThat(address.host()).isEqualTo(InetAddress.ofLiteral("::1"));
            assertThat(address.port()).isPositive();
        });
        assertThat(POSIX.getsockname(unix)).isEqualTo(path);
        assertThat(POSIX.getsockname(closeLater(POSIX.socketpair()).first()))
                .isEqualTo(new SockAddr.Unnamed());
    }

    @Test
    void mappedAddressStaysAnIpv6Address() throws Exception {
        Fd socket = closeLater(POSIX.socket(Linux.AF_INET6, STREAM, 0));

        POSIX.bind(socket, new SockAddr.Inet6(InetAddress.ofLiteral("127.0.0.1"), 0, 0));

        assertThat(POSIX.getsockname(socket)).isInstanceOfSatisfying(SockAddr.Inet6.class,
                address -> assertThat(address.host().getAddress()).hasSize(16).endsWith(127, 0, 0, 1));
    }

    @Test
    void aPathOf107BytesIsTheLongest() throws Exception {
        Path longest = Path
                .of(folder + "/" + "x".repeat(Linux.SUN_PATH_MAX - folder.toString().length() - 1));
        SockAddr.Unix tooLong = new SockAddr.Unix(Path.of(longest + "x"));

        assertThat(POSIX.getsockname(listening(Linux.AF_UNIX, new SockAddr.Unix(longest))))
                .isEqualTo(new SockAddr.Unix(longest));
        assertThatThrownBy(() -> listening(Linux.AF_UNIX, tooLong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("108").hasMessageContaining(longest + "x");
    }

    @Test
    void bindNamesTheAddressThatIsTaken() throws Exception {
        Fd first = listening(Linux.AF_INET, new SockAddr.Inet4(InetAddress.ofLiteral("127.0.0.1"), 0));
        SockAddr taken = POSIX.getsockname(first);
        Fd second = closeLater(POSIX.socket(Linux.AF_INET, STREAM, 0));

        assertThat(failureOf(() -> POSIX.bind(second, taken)))
                .hasMessage("bind(" + taken + "): EADDRINUSE (address already in use)");
    }

    @Test
    void getsocknameAndListenWantASocket() throws Exception {
        Fd pipe = notASocket();

        assertThat(errnoOf(() -> POSIX.getsockname(pipe))).isEqualTo(Errno.ENOTSOCK);
        assertThat(failureOf(() -> POSIX.listen(pipe, 5)))
                .hasMessage("listen(" + pipe + ", backlog 5): ENOTSOCK (not a socket)");
    }

    @Test
    void connectsAndAcceptsOverTcp() throws Exception {
        Fd listener = listening(Linux.AF_INET, new SockAddr.Inet4(InetAddress.ofLiteral("127.0.0.1"), 0));
        Fd client = closeLater(POSIX.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0));

        assertThat(errnoOf(() -> POSIX.accept4(listener))).isEqualTo(Errno.EAGAIN);
        POSIX.connect(client, POSIX.getsockname(listener));
        Fd server = closeLater(POSIX.accept4(listener));

        assertThat(Descriptors.isCloseOnExec(server)).isTrue();
        assertThat(Descriptors.isNonBlocking(server)).isTrue();
        assertThat(POSIX.getsockname(server)).isEqualTo(POSIX.getsockname(listener));
    }

    @Test
    void connectTellsWhyAUnixSocketDoesNotAnswer() throws Exception {
        SockAddr.Unix missing = new SockAddr.Unix(folder.resolve("missing"));
        SockAddr.Unix stale = new SockAddr.Unix(folder.resolve("stale"));
        try (Fd dead = POSIX.socket(Linux.AF_UNIX, STREAM, 0)) {
            POSIX.bind(dead, stale);
        }
        Fd client = closeLater(POSIX.socket(Linux.AF_UNIX, STREAM, 0));

        assertThat(errnoOf(() -> POSIX.connect(client, missing))).isEqualTo(Errno.ENOENT);
        assertThat(failureOf(() -> POSIX.connect(client, stale)))
                .hasMessage("connect(" + stale.path() + "): ECONNREFUSED (connection refused)");
    }

    @Test
    void aFullUnixBacklogRefusesAtOnce() throws Exception {
        SockAddr.Unix path = new SockAddr.Unix(folder.resolve("s"));
        Fd listener = closeLater(POSIX.socket(Linux.AF_UNIX, STREAM, 0));
        POSIX.bind(listener, path);
        POSIX.listen(listener, 0);

        POSIX.connect(closeLater(POSIX.socket(Linux.AF_UNIX, STREAM, 0)), path);
        Fd second = closeLater(POSIX.socket(Linux.AF_UNIX, STREAM, 0));

        assertThat(errnoOf(() -> POSIX.connect(second, path))).isEqualTo(Errno.EAGAIN);
    }

    @Test
    void fchmodBeforeBindLeavesNoGap() throws Exception {
        Path path = folder.resolve("s");
        Fd socket = closeLater(POSIX.socket(Linux.AF_UNIX, STREAM, 0));

        POSIX.fchmod(socket, 0600);
        POSIX.bind(socket, new SockAddr.Unix(path));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-------");
        assertThat(failureOf(() -> POSIX.fchmod(notOpen(), 0600)))
                .hasMessageStartingWith("fchmod(fd 999999, 0600): EBADF");
    }

    @Test
    void shutdownIsTheEndOfTheStreamForTheOther() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        Fd unconnected = closeLater(POSIX.socket(Linux.AF_INET, STREAM, 0));

        POSIX.shutdown(pair.first(), Linux.SHUT_WR);

        assertThat(POSIX.read(pair.second(), ByteBuffer.allocate(1))).isZero();
        assertThat(errnoOf(() -> POSIX.shutdown(unconnected, Linux.SHUT_RDWR))).isEqualTo(Errno.ENOTCONN);
    }

    @Test
    void socketpairIsConnectedAndDoesNotBlock() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());

        assertThat(Descriptors.isNonBlocking(pair.first())).isTrue();
        assertThat(Descriptors.isCloseOnExec(pair.second())).isTrue();
        assertThat(POSIX.sendmsg(pair.first(), ByteBuffer.wrap(new byte[] {7}), List.of())).isOne();
        assertThat(POSIX.read(pair.second(), ByteBuffer.allocate(8))).isOne();
    }

    private Fd listening(int family, SockAddr address) throws PosixException {
        Fd socket = closeLater(POSIX.socket(family, STREAM, 0));
        POSIX.bind(socket, address);
        POSIX.listen(socket, 16);
        return socket;
    }
}
