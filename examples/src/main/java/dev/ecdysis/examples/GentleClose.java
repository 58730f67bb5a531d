package dev.ecdysis.examples;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.channels.SocketChannel;

/// Ends a TCP connection so that the last response arrives.
///
/// Closing a socket in which unread bytes wait sends a reset, and a reset may take along what the peer has
/// not read yet, see [RFC 9112](https://www.rfc-editor.org/rfc/rfc9112#section-9.6). So the end is announced
/// first, and what still comes is read for a moment.
final class GentleClose {
    private static final long LONGEST_NANOS = 1_000_000_000;
    private static final int BUFFER_SIZE = 1024;

    private GentleClose() {
    }

    static void close(SocketChannel channel) throws IOException {
        long begin = System.nanoTime();
        channel.shutdownOutput();
        Socket socket = channel.socket();
        InputStream rest = socket.getInputStream();
        byte[] ignored = new byte[BUFFER_SIZE];
        long left = LONGEST_NANOS;
        int count = 0;
        while (count >= 0 && left > 0) {
            // Rounded up, as 0 would be for ever. When it has passed, read throws, which is an end as well.
            socket.setSoTimeout((int) (left / 1_000_000) + 1);
            count = rest.read(ignored);
            left = LONGEST_NANOS - (System.nanoTime() - begin);
        }
    }
}
