package dev.ecdysis.internal.registry;

import dev.ecdysis.internal.posix.SockAddr;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/// Kernel addresses as the JDK's. A channel's own answer may be wrong, depending on how it was adopted.
final class SocketAddresses {
    private SocketAddresses() {
    }

    static SocketAddress of(SockAddr address) {
        return switch (address) {
            case SockAddr.Inet4 v4 -> new InetSocketAddress(v4.host(), v4.port());
            case SockAddr.Inet6 v6 -> new InetSocketAddress(v6.host(), v6.port());
            case SockAddr.Unix unix -> UnixDomainSocketAddress.of(unix.path());
            case SockAddr.Abstract _ -> UnixDomainSocketAddress.of("");
            case SockAddr.Unnamed _ -> UnixDomainSocketAddress.of("");
        };
    }
}
