package dev.ecdysis.internal.nio;

import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;

/// What kind of socket a listener is: a JDK channel has to be of the same, for it sets options accordingly.
enum Family {
    INET(StandardProtocolFamily.INET), INET6(StandardProtocolFamily.INET6), UNIX(StandardProtocolFamily.UNIX);

    private final StandardProtocolFamily protocol;

    Family(StandardProtocolFamily protocol) {
        this.protocol = protocol;
    }

    static Family of(SockAddr address) throws IOException {
        return switch (address) {
            case SockAddr.Inet4 _ -> INET;
            case SockAddr.Inet6 _ -> INET6;
            case SockAddr.Unix _ -> UNIX;
            case SockAddr.Abstract _ -> throw unnamed();
            case SockAddr.Unnamed _ -> throw unnamed();
        };
    }

    /// The address as the JDK would have read it from the kernel.
    static SocketAddress toSocketAddress(SockAddr address) throws IOException {
        return switch (address) {
            case SockAddr.Inet4(InetAddress host, int port) -> new InetSocketAddress(host, port);
            case SockAddr.Inet6(InetAddress host, int port, int scope) -> new InetSocketAddress(
                    scope(host, scope), port);
            case SockAddr.Unix(Path path) -> UnixDomainSocketAddress.of(path);
            case SockAddr.Abstract _ -> throw unnamed();
            case SockAddr.Unnamed _ -> throw unnamed();
        };
    }

    private static InetAddress scope(InetAddress host, int scope) throws UnknownHostException {
        return scope == 0
                ? InetAddress.getByAddress(host.getAddress())
                : Inet6Address.getByAddress(null, host.getAddress(), scope);
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
