package dev.ecdysis.internal.nio;

import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;

/// What kind of socket a listener is: a JDK channel has to be of the same, for it sets options accordingly.
enum SocketFamily {
    INET(StandardProtocolFamily.INET), INET6(StandardProtocolFamily.INET6), UNIX(StandardProtocolFamily.UNIX);

    private final StandardProtocolFamily protocol;

    SocketFamily(StandardProtocolFamily protocol) {
        this.protocol = protocol;
    }

    static SocketFamily of(SockAddr address) throws IOException {
        return switch (address) {
            case SockAddr.Inet4 _ -> INET;
            case SockAddr.Inet6 _ -> INET6;
            case SockAddr.Unix _ -> UNIX;
            case SockAddr.Abstract _ -> throw unnamed();
            case SockAddr.Unnamed _ -> throw unnamed();
        };
    }

    /// A channel that is neither bound nor anything else yet.
    ServerSocketChannel openChannel() throws IOException {
        try {
            return ServerSocketChannel.open(protocol);
        } catch (UnsupportedOperationException e) {
            throw new IOException("this JVM has no channels for " + this + "; was it started with "
                    + "-Djava.net.preferIPv4Stack=true?", e);
        }
    }

    private static IOException unnamed() {
        return new IOException("a Unix socket without a path is not a listener");
    }
}
