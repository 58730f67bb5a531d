package dev.ecdysis.internal.registry;

/// A classic BPF program for a listening TCP socket that drops what opens a connection and lets pass all
/// else.
///
/// What the filter sees begins with the TCP header. Its byte 13 holds the flags; a segment with SYN and
/// without ACK is a newcomer. The ACK that ends a handshake passes, and so does what belongs to accepted
/// connections, which inherit the filter.
final class SynFilter {
    private static final int LOAD_BYTE = 0x30; // BPF_LD | BPF_B | BPF_ABS
    private static final int AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
    private static final int JUMP_IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final int RETURN = 0x06; // BPF_RET | BPF_K
    private static final int FLAGS = 13;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;
    private static final int DROP = 0;
    private static final int KEEP_ALL = -1;

    static final long[] PROGRAM = {
        step(LOAD_BYTE, 0, 0, FLAGS),
        step(AND, 0, 0, SYN | ACK),
        step(JUMP_IF_EQUAL, 0, 1, SYN),
        step(RETURN, 0, 0, DROP),
        step(RETURN, 0, 0, KEEP_ALL)
    };

    private SynFilter() {
    }

    /// `struct sock_filter`, packed as [dev.ecdysis.internal.posix.Posix#attachFilter] wants it.
    private static long step(int code, int skipIfTrue, int skipIfFalse, int value) {
        return (long) code << 48 | (long) skipIfTrue << 40 | (long) skipIfFalse << 32
                | Integer.toUnsignedLong(value);
    }
}
