package dev.ecdysis.internal.accept;

import dev.ecdysis.ConnectionHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/// A listener on a port of its own with an acceptor, and clients for it.
final class Listening implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final String name = "test" + NUMBER.incrementAndGet();
    final LiveConnections live = new LiveConnections();
    final ServerSocketChannel channel;
    final SelectorAcceptor acceptor;

    Listening(ConnectionHandler handler) throws IOException {
        channel = open();
        acceptor = new SelectorAcceptor(name, List.of(channel), handler, live);
    }

    Listening(BiFunction<String, LiveConnections, ConnectionThreads> threads, AcceptLoop.Accept accept)
            throws IOException {
        channel = open();
        acceptor = new SelectorAcceptor(name, List.of(channel), threads.apply(name, live), accept);
    }

    /// Writes one byte to each connection, and closes it.
    static void answer(SocketChannel connection) throws IOException {
        connection.write(ByteBuffer.wrap("x".getBytes(StandardCharsets.US_ASCII)));
    }

    /// Waits until the other side closes.
    static void hold(SocketChannel connection) throws IOException {
        while (connection.read(ByteBuffer.allocate(64)) >= 0) {
            // what comes does not matter
        }
    }

    private static ServerSocketChannel open() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                4096);
    }

    SocketChannel connect() throws IOException {
        SocketChannel client = SocketChannel.open(channel.getLocalAddress());
        client.setOption(StandardSocketOptions.SO_LINGER, 0); // no TIME_WAIT
        return client;
    }

    /// Whether the connection is answered; false at its end. Fails when nothing comes.
    static boolean isAnswered(SocketChannel client) throws IOException {
        client.socket().setSoTimeout((int) Duration.ofSeconds(10).toMillis());
        return client.socket().getInputStream().read() == 'x';
    }

    Thread thread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(it -> it.getName().equals("ecdysis-accept-" + name))
                .findAny().orElseThrow();
    }

    @Override
    public void close() throws IOException {
        acceptor.close();
        live.closeAll();
        channel.close();
    }
}
