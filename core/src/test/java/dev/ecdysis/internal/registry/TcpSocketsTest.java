package dev.ecdysis.internal.registry;

import static dev.ecdysis.internal.posix.Linux.IPPROTO_IP;
import static dev.ecdysis.internal.posix.Linux.IPPROTO_IPV6;
import static dev.ecdysis.internal.posix.Linux.IPPROTO_TCP;
import static dev.ecdysis.internal.posix.Linux.IPV6_FREEBIND;
import static dev.ecdysis.internal.posix.Linux.IPV6_TRANSPARENT;
import static dev.ecdysis.internal.posix.Linux.IPV6_V6ONLY;
import static dev.ecdysis.internal.posix.Linux.IP_FREEBIND;
import static dev.ecdysis.internal.posix.Linux.IP_TRANSPARENT;
import static dev.ecdysis.internal.posix.Linux.SOL_SOCKET;
import static dev.ecdysis.internal.posix.Linux.SO_ACCEPTCONN;
import static dev.ecdysis.internal.posix.Linux.SO_RCVBUF;
import static dev.ecdysis.internal.posix.Linux.SO_REUSEADDR;
import static dev.ecdysis.internal.posix.Linux.SO_REUSEPORT;
import static dev.ecdysis.internal.posix.Linux.SO_SNDBUF;
import static dev.ecdysis.internal.posix.Linux.TCP_DEFER_ACCEPT;
import static dev.ecdysis.internal.posix.Linux.TCP_FASTOPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.Tcp;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.PosixException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpSocketsTest {
    private static final Tcp ANY = Tcp.of("127.0.0.1", 0);

    @Test
    void listensOnThePortThatTheKernelChose() throws Exception {
        try (BoundSockets sockets = bind(ANY)) {
            assertThat(Sockets.port(sockets)).isPositive();
            assertThat(sockets.address()).isEqualTo("tcp:127.0.0.1:0");
            assertThat(sockets.inherited()).isFalse();
            assertThat(sockets.control()).isFalse();
            assertThat(sockets.inode()).isZero();
            assertThat(Inodes.of(sockets)).hasSize(1).allMatch(inode -> inode > 0);
            assertThat(Sockets.isNonBlocking(sockets.sockets().getFirst())).isTrue();
            Sockets.connect(sockets).close();
        }
    }

    @Test
    void setsWhatIsAskedFor() throws Exception {
        try (BoundSockets sockets = bind(ANY.receiveBuffer(40_000).sendBuffer(50_000).fastOpen(7)
                .deferAccept(Duration.ofMillis(2500)).freeBind(true))) {
            assertThat(option(sockets, SOL_SOCKET, SO_RCVBUF)).isEqualTo(80_000);
            assertThat(option(sockets, SOL_SOCKET, SO_SNDBUF)).isEqualTo(100_000);
            assertThat(option(sockets, SOL_SOCKET, SO_REUSEADDR)).isEqualTo(1);
            assertThat(option(sockets, SOL_SOCKET, SO_REUSEPORT)).isZero();
            assertThat(option(sockets, SOL_SOCKET, SO_ACCEPTCONN)).isEqualTo(1);
            assertThat(option(sockets, IPPROTO_TCP, TCP_FASTOPEN)).isEqualTo(7);
            // The kernel counts in retransmissions (1, 3, 7, ... s) and rounds up.
            assertThat(option(sockets, IPPROTO_TCP, TCP_DEFER_ACCEPT)).isBetween(3, 7);
            assertThat(option(sockets, IPPROTO_IP, IP_FREEBIND)).isEqualTo(1);
        }
    }

    @Test
    void leavesTheKernelsDefaultsOtherwise() throws Exception {
        try (BoundSockets sockets = bind(ANY.reuseAddress(false))) {
            assertThat(option(sockets, SOL_SOCKET, SO_REUSEADDR)).isZero();
            assertThat(option(sockets, IPPROTO_TCP, TCP_FASTOPEN)).isZero();
            assertThat(option(sockets, IPPROTO_TCP, TCP_DEFER_ACCEPT)).isZero();
            assertThat(option(sockets, IPPROTO_IP, IP_FREEBIND)).isZero();
            assertThat(option(sockets, IPPROTO_IP, IP_TRANSPARENT)).isZero();
        }
    }

    @Test
    void hasTheBacklogThatWasAskedFor() throws Exception {
        try (BoundSockets sockets = bind(ANY.backlog(3))) {
            List<SocketChannel> waiting = new ArrayList<>();
            for (int i = 0; i < 4; i++) { // a queue of n takes n + 1
                waiting.add(Sockets.connect(sockets));
            }
            assertThatIOException().isThrownBy(() -> connectWithin(sockets, 300));
            for (SocketChannel client : waiting) {
                client.close();
            }
        }
    }

    @Test
    void transparentIsSetOrSaysWhatItNeeds() throws Exception {
        try (BoundSockets sockets = bind(ANY.transparent(true));
                BoundSockets six = bind(
                        Tcp.of("::1", 0).transparent(true).freeBind(true))) {
            assertThat(option(sockets, IPPROTO_IP, IP_TRANSPARENT)).isEqualTo(1);
            assertThat(option(six, IPPROTO_IPV6, IPV6_TRANSPARENT)).isEqualTo(1);
            assertThat(option(six, IPPROTO_IPV6, IPV6_FREEBIND)).isEqualTo(1);
        } catch (EcdysisException e) {
            assertThat(e).hasMessageContaining("CAP_NET_ADMIN");
        }
    }

    @Test
    void freeBindTakesAnAddressThatTheMachineDoesNotHave() throws Exception {
        try (BoundSockets sockets = bind(Tcp.of("192.0.2.1", 0).freeBind(true))) {
            assertThat(Sockets.port(sockets)).isPositive();
        }
    }

    @Test
    void everyAddressOfBothFamiliesUnlessToldOtherwise() throws Exception {
        try (BoundSockets both = bind(Tcp.of("::", 0));
                BoundSockets six = bind(Tcp.of("::", 0).ipv6Only(true))) {
            assertThat(option(both, IPPROTO_IPV6, IPV6_V6ONLY)).isZero();
            assertThat(option(six, IPPROTO_IPV6, IPV6_V6ONLY)).isEqualTo(1);
            SocketChannel.open(new InetSocketAddress("127.0.0.1", Sockets.port(both))).close();
            SocketChannel.open(new InetSocketAddress("::1", Sockets.port(both))).close();
            SocketChannel.open(new InetSocketAddress("::1", Sockets.port(six))).close();
            assertThatIOException().isThrownBy(
                    () -> SocketChannel.open(new InetSocketAddress("127.0.0.1", Sockets.port(six))));
        }
    }

    @Test
    void resolvesNames() throws Exception {
        try (BoundSockets sockets = bind(Tcp.of("localhost", 0))) {
            assertThat(sockets.address()).isEqualTo("tcp:localhost:0");
            SocketChannel.open(new InetSocketAddress("localhost", Sockets.port(sockets))).close();
        }
    }

    @Test
    void theKernelSpreadsConnectionsOverAGroup() throws Exception {
        try (BoundSockets group = bind(ANY.sockets(4))) {
            assertThat(group.sockets()).hasSize(4);
            assertThat(Inodes.of(group)).doesNotHaveDuplicates().hasSize(4);
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                clients.add(Sockets.connect(group));
            }
            int total = 0;
            for (Fd socket : group.sockets()) {
                assertThat(option(group, SOL_SOCKET, SO_REUSEPORT)).isEqualTo(1);
                int waiting = waiting(socket);
                assertThat(waiting).isPositive();
                total += waiting;
            }
            assertThat(total).isEqualTo(200);
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aSecondServerDoesNotJoinTheGroupByMistake() throws Exception {
        try (BoundSockets group = bind(ANY.sockets(2))) {
            assertThatExceptionOfType(EcdysisException.class)
                    .isThrownBy(() -> bind(Tcp.of("127.0.0.1", Sockets.port(group)).sockets(2)))
                    .withMessageContaining("in use by this process");
        }
    }

    @Test
    void aPortInUseNamesTheProcess() throws Exception {
        try (BoundSockets taken = bind(ANY)) {
            int port = Sockets.port(taken);
            assertThatExceptionOfType(EcdysisException.class)
                    .isThrownBy(() -> bind(Tcp.of("127.0.0.1", port)))
                    .withMessageStartingWith(
                            "cannot listen on tcp:127.0.0.1:" + port + " (test): port " + port
                                    + " is in use by this process; stop it, or use another port");
        }
    }

    @Test
    void aPortThatADualStackSocketHoldsNamesTheProcess() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThatExceptionOfType(EcdysisException.class)
                    .isThrownBy(() -> bind(Tcp.of("0.0.0.0", taken.getLocalPort())))
                    .withMessageContaining("is in use by this process");
        }
    }

    @Test
    void aPortHeldByASocketThatDoesNotListenSaysSo() throws Exception {
        try (SocketChannel holder = SocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0))) {
            int port = ((InetSocketAddress) holder.getLocalAddress()).getPort();
            assertThatExceptionOfType(EcdysisException.class)
                    .isThrownBy(() -> bind(Tcp.of("127.0.0.1", port)))
                    .withMessageContaining("by a socket that does not listen");
        }
    }

    @Test
    void anAddressOfAnotherMachineSaysSo() {
        assertThatExceptionOfType(EcdysisException.class).isThrownBy(() -> bind(Tcp.of("192.0.2.1", 0)))
                .withMessageContaining("this machine does not have the address 192.0.2.1")
                .withMessageContaining("EADDRNOTAVAIL").matches(e -> !e.getMessage().contains("\n"));
    }

    @Test
    void anUnknownNameSaysSo() {
        assertThatExceptionOfType(EcdysisException.class)
                .isThrownBy(() -> bind(Tcp.of("no.such.invalid", 80)))
                .withMessageContaining("the name no.such.invalid is unknown");
    }

    @Test
    void aLowPortSaysWhatItNeeds() {
        assumeTrue(Sockets.POSIX.geteuid() != 0, "root may bind all ports");
        assertThatExceptionOfType(EcdysisException.class).isThrownBy(() -> bind(Tcp.of("127.0.0.1", 81)))
                .withMessageContaining("CAP_NET_BIND_SERVICE");
    }

    @Test
    void aFailureLeavesNothingOpen() throws Exception {
        try (BoundSockets taken = bind(ANY)) {
            Set<String> before = Sockets.open();
            for (int i = 0; i < 20; i++) {
                assertThatExceptionOfType(EcdysisException.class)
                        .isThrownBy(() -> bind(Tcp.of("127.0.0.1", Sockets.port(taken)).sockets(3)));
            }
            assertThat(Sockets.openedSince(before)).isEmpty();
        }
    }

    private static BoundSockets bind(Tcp address) throws EcdysisException {
        return Sockets.FACTORY.bind("test", address);
    }

    private static int option(BoundSockets sockets, int level, int option) throws PosixException {
        return Sockets.POSIX.getsockopt(sockets.sockets().getFirst(), level, option);
    }

    private static int waiting(Fd socket) {
        int count = 0;
        while (true) {
            try (Fd accepted = Sockets.POSIX.accept4(socket)) {
                assertThat(accepted.isOpen()).isTrue();
                count++;
            } catch (PosixException e) {
                return count;
            }
        }
    }

    private static void connectWithin(BoundSockets sockets, int milliseconds) throws IOException {
        try (SocketChannel client = SocketChannel.open()) {
            client.socket().connect(Sockets.target(sockets), milliseconds);
        }
    }
}
