package dev.ecdysis.internal.libc;

import java.nio.ByteBuffer;

/// A piece of native memory that belongs to a [Call]: its address for C, its bytes, in native order, for Java.
///
/// It is read and written as a buffer because that costs half a millisecond at first use, where the accessors of
/// `MemorySegment` take ten: they are method handles that the JVM spins for each type.
record Memory(long address, ByteBuffer bytes) {
    /// The C null pointer.
    static final long NULL = 0;

    int size() {
        return bytes.capacity();
    }
}
