package dev.ecdysis.examples;

import dev.ecdysis.ConnectionHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// Takes connections and answers nothing, as a version would whose handlers are stuck. It prints a line for each, so
/// that whoever counts losses knows how many it may be blamed for.
final class MuteHandler implements ConnectionHandler {
    private static final String TOOK_ONE = "mute: accepted a connection";
    private static final int BUFFER_SIZE = 1024;

    private final Traffic traffic;

    MuteHandler(Traffic traffic) {
        this.traffic = traffic;
    }

    @Override
    public void handle(SocketChannel connection) {
        Console.line(TOOK_ONE);
        traffic.received();
        ByteBuffer ignored = ByteBuffer.allocate(BUFFER_SIZE);
        try {
            while (connection.read(ignored.clear()) >= 0) {
                // Reading on notices when the peer gives up, so that a drain does not wait for nobody.
            }
        } catch (IOException e) {
            // The peer is gone, or the drain deadline has passed.
        }
    }
}
