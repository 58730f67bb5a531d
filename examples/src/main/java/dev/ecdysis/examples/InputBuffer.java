package dev.ecdysis.examples;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// What was read from a connection and not used yet: one array for the connection's life, which grows when a
/// request head needs it. A head's size is limited, and so is the array's.
final class InputBuffer {
    private static final int FIRST_SIZE = 2 * 1024;

    private ByteBuffer buffer = ByteBuffer.allocate(FIRST_SIZE);
    private int start;

    /// The bytes themselves; another array after [#read(SocketChannel)].
    byte[] bytes() {
        return buffer.array();
    }

    /// Where the unused bytes begin.
    int start() {
        return start;
    }

    /// Where they end.
    int end() {
        return buffer.position();
    }

    boolean isEmpty() {
        return start == buffer.position();
    }

    /// Marks bytes as used.
    ///
    /// @param count at most as many as there are
    void use(int count) {
        start += count;
    }

    /// Uses up to `count` bytes.
    ///
    /// @return how many there were
    int drop(long count) {
        int dropped = (int) Math.min(count, buffer.position() - start);
        start += dropped;
        return dropped;
    }

    /// Waits for more bytes.
    ///
    /// @return whether there are any; false at the end of the stream
    boolean read(SocketChannel channel) throws IOException {
        if (start == buffer.position()) {
            start = 0;
            buffer.clear();
        } else if (!buffer.hasRemaining()) {
            makeRoom();
        }
        return channel.read(buffer) >= 0;
    }

    private void makeRoom() {
        int unused = buffer.position() - start;
        // Only a buffer that is more than half full grows: the others have used bytes to give back.
        if (unused > buffer.capacity() / 2) {
            buffer = ByteBuffer.allocate(buffer.capacity() * 2).put(buffer.array(), start, unused);
        } else {
            buffer.flip().position(start).compact();
        }
        start = 0;
    }
}
