package dev.ecdysis.internal.posix;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;

/// A socket address as the kernel sees it: `struct sockaddr_in`, `sockaddr_in6` or `sockaddr_un`. Its text is for
/// messages: `127.0.0.1:8080`, `[::1]:8080`, `/run/app.sock`, `unnamed`.
///
/// Equality is written out where a start needs it: linking what a record has otherwise takes milliseconds.
public sealed interface SockAddr {
    /// The address as the JDK would have read it from the kernel, scope included. What has no path has an empty one there.
    default SocketAddress toSocketAddress() {
        return switch (this) {
            case Inet4 v4 -> new InetSocketAddress(v4.host(), v4.port());
            case Inet6 v6 -> new InetSocketAddress(v6.scopedHost(), v6.port());
            case Unix unix -> UnixDomainSocketAddress.of(unix.path());
            case Abstract _ -> UnixDomainSocketAddress.of("");
            case Unnamed _ -> UnixDomainSocketAddress.of("");
        };
    }

    /// An IPv4 address and port.
    record Inet4(InetAddress host, int port) implements SockAddr {
        @Override
        public boolean equals(Object other) {
            return other instanceof Inet4 inet && port == inet.port && host.equals(inet.host);
        }

        @Override
        public int hashCode() {
            return 31 * host.hashCode() + port;
        }

        @Override
        public String toString() {
            return host.getHostAddress() + ":" + port;
        }
    }

    /// An IPv6 address, port and scope; `::` accepts IPv4 too unless `IPV6_V6ONLY` is set.
    record Inet6(InetAddress host, int port, int scope) implements SockAddr {
        private InetAddress scopedHost() {
            try {
                return scope == 0 ? host : Inet6Address.getByAddress(null, host.getAddress(), scope);
            } catch (UnknownHostException e) {
                throw new IllegalStateException("an address that came as one is none: " + host, e);
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Inet6 inet && port == inet.port && scope == inet.scope && host.equals(inet.host);
        }

        @Override
        public int hashCode() {
            return 31 * host.hashCode() + port;
        }

        @Override
        public String toString() {
            return "[" + host.getHostAddress() + (scope == 0 ? "" : "%" + scope) + "]:" + port;
        }
    }

    /// A path in the file system: at most 107 bytes, see unix(7).
    record Unix(Path path) implements SockAddr {
        @Override
        public boolean equals(Object other) {
            return other instanceof Unix unix && path.equals(unix.path);
        }

        @Override
        public int hashCode() {
            return path.hashCode();
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /// A name in the abstract namespace of Unix sockets, which belongs to the network namespace and goes with its last
    /// socket: at most 107 bytes, each standing for itself. Written with an `@` in front.
    record Abstract(String name) implements SockAddr {
        @Override
        public String toString() {
            return "@" + name;
        }
    }

    /// A Unix socket without a path: one end of a socket pair, a client, or one with a name in the abstract namespace.
    record Unnamed() implements SockAddr {
        @Override
        public String toString() {
            return "unnamed";
        }
    }
}
