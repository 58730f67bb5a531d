package dev.ecdysis.internal.libc;

import java.nio.ByteBuffer;

/// The bytes of a read or a write in native memory. They are copied, so that heap buffers work like direct ones, and
/// at most 64 KiB in one call: whoever calls has to cope with a short count anyway.
final class Payload {
    private static final int MOST = 64 * 1024;

    private Payload() {
    }

    /// A copy of what the buffer has left; the buffer is not changed.
    static Memory of(Call call, ByteBuffer bytes) {
        int length = Math.min(bytes.remaining(), MOST);
        Memory memory = call.allocate(length);
        memory.bytes().put(0, bytes, bytes.position(), length);
        return memory;
    }

    /// Room for what the buffer can take.
    ///
    /// @throws IllegalArgumentException when that is nothing: 0 bytes read would look like the end of the stream
    static Memory room(Call call, ByteBuffer buffer) {
        if (!buffer.hasRemaining()) {
            throw new IllegalArgumentException("the buffer is full");
        }
        return call.allocate(Math.min(buffer.remaining(), MOST));
    }

    static void copyOut(Memory memory, int length, ByteBuffer buffer) {
        // Allocates nothing: what has been read cannot be read again.
        buffer.put(buffer.position(), memory.bytes(), 0, length);
        buffer.position(buffer.position() + length);
    }
}
