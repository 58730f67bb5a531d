package dev.ecdysis.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.Address;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.NamedDescriptor.Origin;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Linux;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BoundSocketsTest {
    private static final Tcp ANY = Tcp.of("127.0.0.1", 0);
    private static final int WAITING = 200;

    @TempDir
    private Path folder;

    @Test
    void whatIsInheritedIsTheSameSocket() throws Exception {
        try (BoundSockets bound = Sockets.FACTORY.bind("test", ANY.sockets(2));
                BoundSockets inherited = inherit(bound.address(), duplicates(bound))) {
            assertThat(Inodes.of(inherited)).isEqualTo(Inodes.of(bound));
            assertThat(inherited.local()).isEqualTo(bound.local());
            assertThat(inherited.inherited()).isTrue();
            assertThat(inherited.origin()).isEqualTo(Origin.PREDECESSOR);
            assertThat(inherited.control()).isTrue();
        }
    }

    @Test
    void whatIsInheritedBecomesNonBlocking() throws Exception {
        Fd blocking = Sockets.POSIX.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0);
        Sockets.POSIX.listen(blocking, 1);
        assertThat(Sockets.isNonBlocking(blocking)).isFalse();
        try (BoundSockets inherited = inherit("tcp:0.0.0.0:0", List.of(blocking))) {
            assertThat(Sockets.isNonBlocking(blocking)).isTrue();
            assertThat(Sockets.port(inherited)).isPositive();
        }
    }

    @Test
    void whatDoesNotListenIsRefusedAndClosed() throws Exception {
        FdPair pair = Sockets.POSIX.socketpair();
        refused("unix:/x", List.of(pair.first()), "is a socket that does not listen");
        assertThat(pair.first().isOpen()).isFalse();
        pair.second().close();
    }

    @Test
    void whatIsNoSocketIsRefusedAndClosed() throws Exception {
        FdPair pipe = Sockets.POSIX.pipe2();
        refused("tcp:127.0.0.1:0", List.of(pipe.first(), pipe.second()), "ENOTSOCK");
        assertThat(pipe.first().isOpen()).isFalse();
        assertThat(pipe.second().isOpen()).isFalse();
    }

    @Test
    void anotherKindIsRefused() throws Exception {
        try (BoundSockets tcp = Sockets.FACTORY.bind("test", ANY);
                BoundSockets unix = Sockets.FACTORY.bind("test", Unix.of(folder.resolve("s")))) {
            refused("unix:/x", duplicates(tcp), "is of another kind");
            refused("tcp:127.0.0.1:0", duplicates(unix), "is of another kind");
        }
    }

    @Test
    void aGroupOfDifferentAddressesIsRefused() throws Exception {
        try (BoundSockets one = Sockets.FACTORY.bind("test", ANY);
                BoundSockets other = Sockets.FACTORY.bind("test", ANY)) {
            List<Fd> mixed = new ArrayList<>(duplicates(one));
            mixed.addAll(duplicates(other));
            refused("tcp:127.0.0.1:0", mixed, "bound to different addresses");
        }
    }

    @Test
    void noSocketAtAllIsRefused() {
        refused("tcp:127.0.0.1:0", List.of(), "without a socket");
    }

    @Test
    void tcpNewcomersDoNotGetInAndThoseWaitingDo() throws Exception {
        assumeTrue(Sockets.mayFilter(), "this kernel lets only root attach a filter");
        try (BoundSockets sockets = Sockets.FACTORY.bind("test", ANY)) {
            List<SocketChannel> clients = connectMany(sockets);
            sockets.refuseNewcomers();
            try (SocketChannel newcomer = SocketChannel.open()) {
                assertThatThrownBy(() -> newcomer.socket().connect(Sockets.target(sockets), 300))
                        .isInstanceOf(SocketTimeoutException.class);
            }
            allAreServed(sockets, clients);
        }
    }

    @Test
    void unixNewcomersAreRefusedAndThoseWaitingAreServed() throws Exception {
        Path other = folder.resolve("another name of the same socket");
        try (BoundSockets sockets = Sockets.FACTORY.bind("test", Unix.of(folder.resolve("s")))) {
            java.nio.file.Files.createLink(other, folder.resolve("s"));
            List<SocketChannel> clients = connectMany(sockets);
            sockets.refuseNewcomers();
            assertThatThrownBy(() -> Sockets.connect(sockets)).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> SocketChannel.open(java.net.UnixDomainSocketAddress.of(other)))
                    .isInstanceOf(ConnectException.class);
            allAreServed(sockets, clients);
        }
    }

    @Test
    void closedSocketsHaveNoIdentity() throws Exception {
        BoundSockets sockets = Sockets.FACTORY.bind("test", ANY);
        sockets.close();
        assertThat(Inodes.of(sockets)).isEmpty();
        sockets.close();
    }

    private static List<SocketChannel> connectMany(BoundSockets sockets) throws IOException {
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < WAITING; i++) {
            clients.add(Sockets.connect(sockets));
        }
        return clients;
    }

    /// Each connection that waited is accepted, and answered on.
    private static void allAreServed(BoundSockets sockets, List<SocketChannel> clients) throws IOException {
        for (int i = 0; i < WAITING; i++) {
            try (Fd accepted = Sockets.POSIX.accept4(sockets.sockets().getFirst())) {
                Sockets.POSIX.write(accepted, java.nio.ByteBuffer.wrap(new byte[] {'x'}));
            }
        }
        for (SocketChannel client : clients) {
            assertThat(Sockets.isAnswered(client)).isTrue();
            client.close();
        }
        assertThatThrownBy(() -> Sockets.POSIX.accept4(sockets.sockets().getFirst()))
                .hasMessageContaining("EAGAIN");
    }

    private static List<Fd> duplicates(BoundSockets sockets) throws IOException {
        List<Fd> duplicates = new ArrayList<>();
        for (Fd socket : sockets.sockets()) {
            duplicates.add(Sockets.POSIX.duplicate(socket));
        }
        return duplicates;
    }

    private static BoundSockets inherit(String address, List<Fd> sockets) throws EcdysisException {
        return BoundSockets.inherited(Sockets.POSIX, "test", SocketKind.STREAM, address, 0, 0, true, null, sockets);
    }

    private static void refused(String address, List<Fd> sockets, String why) {
        assertThat(Address.parse(address)).isNotNull();
        assertThatExceptionOfType(EcdysisException.class).isThrownBy(() -> inherit(address, sockets))
                .withMessageStartingWith("inherited listener test (" + address + "): ")
                .withMessageContaining(why);
    }
}
