package dev.ecdysis.internal.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// The native memory of one [Call]. A platform thread keeps a piece and uses it for one call after the other: in code
/// that was not compiled yet, getting and freeing it takes longer than most system calls, and at a cutover connections
/// wait for some.
///
/// What does not fit, and what a call within a call or a virtual thread needs, is allocated for that call alone.
final class CallMemory {
    /// Enough for everything but large reads and writes, and what a child is started with.
    private static final int KEPT_BYTES = 8 * 1024;
    /// Of `max_align_t`: right for any C type.
    private static final int ALIGNMENT = 16;
    private static final byte[] ZEROS = new byte[KEPT_BYTES];
    private static final ThreadLocal<@Nullable CallMemory> KEPT = new ThreadLocal<>();

    private final MemorySegment captured;
    private final long address;
    private final ByteBuffer bytes;
    private int used = ALIGNMENT;
    private boolean inUse;
    private @Nullable Arena more;

    private CallMemory(Arena arena, int size) {
        MemorySegment segment = arena.allocate(size, ALIGNMENT);
        captured = segment.asSlice(0, Long.BYTES);
        address = segment.address();
        bytes = segment.asByteBuffer();
    }

    /// For a call on this thread, until [#giveBack()].
    static CallMemory borrow() {
        CallMemory kept = ofThisThread();
        if (kept == null || kept.inUse) {
            return ofOneCall();
        }
        kept.inUse = true;
        kept.used = ALIGNMENT;
        return kept;
    }

    private static @Nullable CallMemory ofThisThread() {
        if (Thread.currentThread().isVirtual()) {
            return null;
        }
        CallMemory kept = KEPT.get();
        if (kept == null) {
            kept = new CallMemory(Arena.ofAuto(), KEPT_BYTES);
            KEPT.set(kept);
        }
        return kept;
    }

    @SuppressWarnings("MustBeClosedChecker") // giveBack() does
    private static CallMemory ofOneCall() {
        Arena arena = Arena.ofConfined();
        CallMemory made = new CallMemory(arena, ALIGNMENT);
        made.more = arena;
        return made;
    }

    /// Zeroed, aligned for any C type, and for this call only.
    Memory allocate(int size) {
        int at = used;
        if (size > bytes.capacity() - at) {
            MemorySegment segment = more().allocate(size, ALIGNMENT);
            return new Memory(segment.address(), segment.asByteBuffer().order(ByteOrder.nativeOrder()));
        }
        used = Math.min(bytes.capacity(), at + Math.ceilDiv(size, ALIGNMENT) * ALIGNMENT);
        ByteBuffer piece = bytes.slice(at, size).order(ByteOrder.nativeOrder());
        piece.put(0, ZEROS, 0, size);
        return new Memory(address + at, piece);
    }

    @SuppressWarnings("MustBeClosedChecker") // giveBack() does
    private Arena more() {
        if (more == null) {
            more = Arena.ofConfined();
        }
        return more;
    }

    /// Where the downcall leaves errno, at offset 0.
    MemorySegment captured() {
        return captured;
    }

    void giveBack() {
        inUse = false;
        if (more != null) {
            more.close();
            more = null;
        }
    }
}
