package dev.ecdysis.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ecdysis.Address;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The kernel knows how many connections of a listener this process has open.
@Timeout(60)
class AcceptedSocketsTest {
    private final AcceptedSockets sockets = new AcceptedSockets(Sockets.POSIX);
    private final List<ManagedListener> listeners = new ArrayList<>();
    private final List<SocketChannel> channels = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
        listeners.forEach(ManagedListener::closeSockets);
    }

    private ManagedListener listen(Address address) throws IOException {
        ManagedListener listener = Sockets.listen("test", address);
        listeners.add(listener);
        return listener;
    }

    private SocketChannel connect(ManagedListener listener) throws IOException {
        SocketChannel client = Sockets.connect(listener.sockets());
        channels.add(client);
        return client;
    }

    private SocketChannel accept(ManagedListener listener) throws IOException {
        SocketChannel accepted = listener.channel().accept();
        channels.add(accepted);
        return accepted;
    }

    private long[] count() throws IOException {
        return sockets.count(listeners.stream().map(listener -> listener.sockets().local()).toList());
    }

    @Test
    void eachIsCountedOfItsListener() throws Exception {
        ManagedListener v4 = listen(Tcp.of("127.0.0.1", 0));
        ManagedListener any = listen(Tcp.of("0.0.0.0", 0));
        ManagedListener v6 = listen(Tcp.of("::", 0));
        ManagedListener unix = listen(Unix.of(folder.resolve("s")));
        assertThat(count()).containsOnly(0);
        for (ManagedListener listener : List.of(v4, any, v6, unix)) {
            connect(listener);
        }
        assertThat(count()).as("in the accept queue").containsOnly(0);
        for (ManagedListener listener : List.of(v4, any, v6, unix)) {
            accept(listener);
        }
        assertThat(count()).containsOnly(1);
        connect(any);
        SocketChannel second = accept(any);
        assertThat(count()).containsExactly(1, 2, 1, 1);
        listeners.forEach(ManagedListener::closeSockets);
        assertThat(count()).as("with the listeners closed").containsExactly(1, 2, 1, 1);
        second.close();
        assertThat(count()).containsExactly(1, 1, 1, 1);
    }

    @Test
    void oneThatItsClientHasHalfClosedIsOpenAndOneThatWasResetIsNot() throws Exception {
        ManagedListener listener = listen(Tcp.of("127.0.0.1", 0));
        SocketChannel halfClosed = connect(listener);
        accept(listener);
        SocketChannel reset = connect(listener);
        accept(listener);
        halfClosed.shutdownOutput();
        reset.setOption(StandardSocketOptions.SO_LINGER, 0);
        reset.close();
        await().until(() -> count()[0] == 1);
    }

    @Test
    void thatTheDescriptorsCannotBeSeenIsNoCount() {
        AcceptedSockets blind = new AcceptedSockets(Sockets.POSIX, folder.resolve("none"));
        assertThatThrownBy(() -> blind.count(List.of())).isInstanceOf(IOException.class);
    }

    @Test
    void anotherPortOrHostIsAnotherListeners() throws Exception {
        SockAddr one = new SockAddr.Inet4(InetAddress.ofLiteral("127.0.0.1"), 80);
        assertThat(AcceptedSockets.isOf(one, new SockAddr.Inet4(InetAddress.ofLiteral("127.0.0.1"), 80))).isTrue();
        assertThat(AcceptedSockets.isOf(one, new SockAddr.Inet4(InetAddress.ofLiteral("127.0.0.2"), 80))).isFalse();
        assertThat(AcceptedSockets.isOf(one, new SockAddr.Inet4(InetAddress.ofLiteral("127.0.0.1"), 81))).isFalse();
        assertThat(AcceptedSockets.isOf(new SockAddr.Unnamed(), new SockAddr.Unnamed())).isFalse();
    }
}
