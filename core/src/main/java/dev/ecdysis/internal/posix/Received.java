package dev.ecdysis.internal.posix;

import java.util.List;

/// What one `recvmsg(2)` brought: bytes (0: end of stream), descriptors that the receiver now owns, and whether the
/// kernel had to drop descriptors (`MSG_CTRUNC`).
public record Received(int bytes, List<Fd> descriptors, boolean truncated) {
    public Received {
        descriptors = List.copyOf(descriptors);
    }
}
