package dev.ecdysis.examples;

import dev.ecdysis.ConnectionHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// Takes connections and answers nothing, as a version would whose handlers are stuck.
final class MuteHandler implements ConnectionHandler {
    private static final int BUFFER_SIZE = 1024;

    private final Traffic traffic;

    MuteHandler(Traffic traffic) {
        this.traffic = traffic;
    }

    @Override
    public void handle(SocketChannel connection) {
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
