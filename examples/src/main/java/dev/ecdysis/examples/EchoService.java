package dev.ecdysis.examples;

import dev.ecdysis.ConnectionHandler;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// Sends the generation as four bytes, big-endian, then echoes until the peer has sent all.
///
/// The protocol has no way to announce an end: during a drain a connection lasts until the peer closes it or
/// the deadline has passed.
final class EchoService implements Service {
    private static final int BUFFER_SIZE = 8 * 1024;

    private final int generation;
    private final Traffic traffic;

    EchoService(int generation, Traffic traffic) {
        this.generation = generation;
        this.traffic = traffic;
    }

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public void announce() {
        Console.line("draining generation=" + generation);
    }

    @Override
    public ConnectionHandler handler(boolean tcp) {
        return new ConnectionHandler() {
            @Override
            public void handle(SocketChannel connection) {
                try {
                    if (tcp) {
                        connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    }
                    echo(connection);
                } catch (IOException e) {
                    // The peer is gone, or the drain deadline has passed.
                }
            }
        };
    }

    private void echo(SocketChannel connection) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_SIZE);
        traffic.received();
        write(connection, buffer.putInt(generation).flip());
        traffic.answered();
        while (connection.read(buffer.clear()) >= 0) {
            write(connection, buffer.flip());
        }
    }

    private static void write(SocketChannel connection, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            connection.write(buffer);
        }
    }
}
