package dev.ecdysis.internal.listener;

import static dev.ecdysis.internal.posix.Linux.IPPROTO_TCP;
import static dev.ecdysis.internal.posix.Linux.TCP_DEFER_ACCEPT;

import dev.ecdysis.internal.registry.BoundSockets;
import java.time.Duration;

/// How long an accept queue must have been empty until nothing can enter it any more.
final class QuietPeriod {
    /// A TCP handshake under way when newcomers were shut out enters the queue with the client's last ACK:
    /// after a round trip, or, when one segment was lost, after the kernel's first retransmission, which
    /// comes at 1 s (TCP_TIMEOUT_INIT, RFC 6298). Half a second more is for the round trip of that.
    private static final Duration HANDSHAKE = Duration.ofMillis(1500);

    private QuietPeriod() {
    }

    /// 0 for a Unix socket: connecting is one step there, under the lock that also shuts newcomers out.
    static Duration of(BoundSockets sockets) {
        if (!sockets.isTcp()) {
            return Duration.ZERO;
        }
        // With deferred accept a connection enters only with its first data, at the latest after this time.
        return HANDSHAKE.plusSeconds(sockets.option(IPPROTO_TCP, TCP_DEFER_ACCEPT));
    }
}
