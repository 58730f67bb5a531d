package dev.ecdysis.internal.libc;

import java.nio.ByteBuffer;

/// A classic BPF program in memory: `struct sock_fprog`, pointing at an array of `struct sock_filter`.
final class SockFilterLayout {
    private static final int PROGRAM_LENGTH = 0;
    private static final int PROGRAM_FILTER = 8;
    private static final int PROGRAM_SIZE = 16;

    private static final int FILTER_CODE = 0;
    private static final int FILTER_JUMP_TRUE = 2;
    private static final int FILTER_JUMP_FALSE = 3;
    private static final int FILTER_K = 4;
    private static final int FILTER_SIZE = 8;

    private SockFilterLayout() {
    }

    /// @param program each step packed as code (16 bits), jt (8), jf (8) and k (32), highest first
    static Memory write(Call call, long... program) {
        Memory filter = call.allocate(program.length * FILTER_SIZE);
        for (int i = 0; i < program.length; i++) {
            writeStep(filter.bytes(), i * FILTER_SIZE, program[i]);
        }
        Memory header = call.allocate(PROGRAM_SIZE);
        header.bytes().putShort(PROGRAM_LENGTH, (short) program.length).putLong(PROGRAM_FILTER,
                filter.address());
        return header;
    }

    private static void writeStep(ByteBuffer filter, int offset, long step) {
        filter.putShort(offset + FILTER_CODE, (short) (step >>> 48));
        filter.put(offset + FILTER_JUMP_TRUE, (byte) (step >>> 40));
        filter.put(offset + FILTER_JUMP_FALSE, (byte) (step >>> 32));
        filter.putInt(offset + FILTER_K, (int) step);
    }
}
