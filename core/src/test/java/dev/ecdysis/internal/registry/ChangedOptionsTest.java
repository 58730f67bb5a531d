package dev.ecdysis.internal.registry;

import static dev.ecdysis.internal.posix.Linux.IPPROTO_IP;
import static dev.ecdysis.internal.posix.Linux.IPPROTO_TCP;
import static dev.ecdysis.internal.posix.Linux.IP_FREEBIND;
import static dev.ecdysis.internal.posix.Linux.SOL_SOCKET;
import static dev.ecdysis.internal.posix.Linux.SO_RCVBUF;
import static dev.ecdysis.internal.posix.Linux.SO_REUSEADDR;
import static dev.ecdysis.internal.posix.Linux.SO_SNDBUF;
import static dev.ecdysis.internal.posix.Linux.TCP_DEFER_ACCEPT;
import static dev.ecdysis.internal.posix.Linux.TCP_FASTOPEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Tcp;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A version that wants other options than the socket has that it inherited.
class ChangedOptionsTest {
    private static final Tcp ANY = Tcp.of("127.0.0.1", 0);

    /// What the predecessor has is the same sockets: a rollback would find what is changed too early.
    private final FaultingPosix posix = new FaultingPosix(Sockets.POSIX);

    private ManagedListener inherit(BoundSockets bound, Tcp asked) throws IOException {
        List<Fd> duplicates = new ArrayList<>();
        for (Fd socket : bound.sockets()) {
            duplicates.add(posix.duplicate(socket));
        }
        return Sockets
                .manage(BoundSockets.inherited(posix, "http", SocketKind.STREAM, bound.address(), 0, 0, false, null,
                        duplicates), asked);
    }

    private static int option(BoundSockets sockets, int level, int option) throws IOException {
        return Sockets.POSIX.getsockopt(sockets.sockets().getLast(), level, option);
    }

    @Test
    void whatCanBeChangedIsChangedAtTheCommitAndNotEarlier() throws Exception {
        try (BoundSockets bound = Sockets.FACTORY.bind("http", ANY.sockets(2).receiveBuffer(30_000).fastOpen(3))) {
            ManagedListener listener = inherit(bound,
                    ANY.sockets(2).receiveBuffer(40_000).sendBuffer(50_000).fastOpen(7)
                            .deferAccept(Duration.ofSeconds(3)).freeBind(true).reuseAddress(false));
            listener.start();
            assertThat(option(bound, SOL_SOCKET, SO_RCVBUF)).isEqualTo(60_000);
            assertThat(option(bound, IPPROTO_TCP, TCP_FASTOPEN)).isEqualTo(3);
            listener.makeOwn();
            assertThat(option(bound, SOL_SOCKET, SO_RCVBUF)).isEqualTo(80_000);
            assertThat(option(bound, SOL_SOCKET, SO_SNDBUF)).isEqualTo(100_000);
            assertThat(option(bound, SOL_SOCKET, SO_REUSEADDR)).isZero();
            assertThat(option(bound, IPPROTO_TCP, TCP_FASTOPEN)).isEqualTo(7);
            assertThat(option(bound, IPPROTO_TCP, TCP_DEFER_ACCEPT)).isPositive();
            assertThat(option(bound, IPPROTO_IP, IP_FREEBIND)).isEqualTo(1);
            assertThat(listener.notes()).isEmpty();
            listener.closeSockets();
        }
    }

    @Test
    void whatIsNotAskedForAnyMoreIsTakenBack() throws Exception {
        try (BoundSockets bound = Sockets.FACTORY.bind("http",
                ANY.receiveBuffer(30_000).fastOpen(3).deferAccept(Duration.ofSeconds(1)).freeBind(true))) {
            ManagedListener listener = inherit(bound, ANY);
            listener.makeOwn();
            assertThat(option(bound, IPPROTO_TCP, TCP_FASTOPEN)).isZero();
            assertThat(option(bound, IPPROTO_TCP, TCP_DEFER_ACCEPT)).isZero();
            assertThat(option(bound, IPPROTO_IP, IP_FREEBIND)).isZero();
            assertThat(option(bound, SOL_SOCKET, SO_RCVBUF)).as("left as it is").isEqualTo(60_000);
            listener.closeSockets();
        }
    }

    @Test
    void whatIsSoAlreadyIsNotTouched() throws Exception {
        Tcp same = ANY.receiveBuffer(30_000);
        try (BoundSockets bound = Sockets.FACTORY.bind("http", same)) {
            ManagedListener listener = inherit(bound, same);
            listener.makeOwn();
            assertThat(posix.calls()).contains("listen").doesNotContain("setsockopt");
            listener.closeSockets();
        }
    }

    @Test
    void whatCannotBeChangedIsNoted() throws Exception {
        Tcp six = Tcp.of("::", 0);
        try (BoundSockets bound = Sockets.FACTORY.bind("http", six.sockets(2))) {
            ManagedListener listener = inherit(bound, six.sockets(3).ipv6Only(true));
            assertThat(listener.notes()).isEmpty();
            listener.makeOwn();
            listener.closeSockets();
            assertThat(listener.notes()).containsExactly(
                    "listener http keeps the group of 2 sockets that it inherited, although this version asks for 3;"
                            + " to change that, stop the server and start it",
                    "listener http keeps ipv6Only(false), which it inherited, although this version asks for"
                            + " ipv6Only(true); to change that, stop the server and start it");
        }
    }

    @Test
    void thatASingleAddressIsOfOneFamilyIsNotNoted() throws Exception {
        Tcp six = Tcp.of("::1", 0);
        try (BoundSockets bound = Sockets.FACTORY.bind("http", six)) {
            ManagedListener listener = inherit(bound, six);
            listener.makeOwn();
            assertThat(listener.notes()).isEmpty();
            listener.closeSockets();
        }
    }

    @Test
    void whatFailsIsNotedAndKeepsNothingElseFromBeingChanged() throws Exception {
        try (BoundSockets bound = Sockets.FACTORY.bind("http", ANY)) {
            ManagedListener listener = inherit(bound, ANY.receiveBuffer(40_000).sendBuffer(50_000));
            posix.failAt("setsockopt", 1, Errno.EPERM);
            listener.makeOwn();
            assertThat(listener.notes()).singleElement().asString()
                    .startsWith("listener http keeps its options: ").contains("EPERM");
            assertThat(option(bound, SOL_SOCKET, SO_SNDBUF)).isEqualTo(100_000);
            listener.closeSockets();
        }
    }
}
