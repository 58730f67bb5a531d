package dev.ecdysis.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallMemoryTest {
    private static final int MORE_THAN_IS_KEPT = 64 * 1024;

    @Test
    void aThreadUsesTheSameMemoryForOneCallAfterTheOtherAndItIsZeroedForEach() {
        CallMemory first = CallMemory.borrow();
        Memory written = first.allocate(100);
        for (int i = 0; i < 100; i++) {
            written.bytes().put(i, (byte) 0xFF);
        }
        first.giveBack();

        CallMemory second = CallMemory.borrow();
        Memory read = second.allocate(100);
        second.giveBack();

        assertThat(read.address()).isEqualTo(written.address());
        byte[] bytes = new byte[100];
        read.bytes().get(0, bytes);
        assertThat(bytes).containsOnly(0);
    }

    @Test
    void piecesAreAlignedAndDoNotOverlap() {
        CallMemory memory = CallMemory.borrow();
        List<Memory> pieces = new ArrayList<>();
        // More than is kept, so some of them are not.
        for (int i = 0; i < 300; i++) {
            Memory piece = memory.allocate(i);
            for (int at = 0; at < i; at++) {
                piece.bytes().put(at, (byte) i);
            }
            pieces.add(piece);
        }

        for (int i = 0; i < 300; i++) {
            Memory piece = pieces.get(i);
            assertThat(piece.size()).isEqualTo(i);
            assertThat(piece.address() % 16).isZero();
            for (int at = 0; at < i; at++) {
                assertThat(piece.bytes().get(at)).isEqualTo((byte) i);
            }
        }
        memory.giveBack();
    }

    @Test
    void aCallWithinACallHasItsOwn() {
        CallMemory outer = CallMemory.borrow();
        CallMemory inner = CallMemory.borrow();

        Memory outers = outer.allocate(8);
        Memory inners = inner.allocate(8);
        outers.bytes().putLong(0, 1);
        inners.bytes().putLong(0, 2);

        assertThat(outers.bytes().getLong(0)).isEqualTo(1);
        assertThat(inner.captured().address()).isNotEqualTo(outer.captured().address());
        inner.giveBack();
        assertThat(isFreed(inners)).isTrue();
        assertThat(outers.bytes().getLong(0)).isEqualTo(1);
        outer.giveBack();
    }

    @Test
    void whatDoesNotFitIsFreedWithTheCall() {
        CallMemory memory = CallMemory.borrow();
        Memory large = memory.allocate(MORE_THAN_IS_KEPT);
        large.bytes().putLong(MORE_THAN_IS_KEPT - Long.BYTES, 1);

        memory.giveBack();

        assertThat(isFreed(large)).isTrue();
    }

    @Test
    void otherThreadsHaveOther() throws Exception {
        CallMemory ours = CallMemory.borrow();
        CompletableFuture<Long> theirs = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            CallMemory memory = CallMemory.borrow();
            theirs.complete(memory.allocate(8).address());
            memory.giveBack();
        });

        assertThat(theirs.get(10, TimeUnit.SECONDS)).isNotEqualTo(ours.allocate(8).address());
        ours.giveBack();
    }

    @Test
    void aVirtualThreadKeepsNone() throws Exception {
        CompletableFuture<Boolean> freed = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            CallMemory memory = CallMemory.borrow();
            Memory piece = memory.allocate(8);
            piece.bytes().putLong(0, 1);
            memory.giveBack();
            freed.complete(isFreed(piece));
        });

        assertThat(freed.get(10, TimeUnit.SECONDS)).isTrue();
    }

    /// On the thread that used it.
    private static boolean isFreed(Memory memory) {
        try {
            memory.bytes().get(0);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }
}
