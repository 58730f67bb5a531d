package dev.ecdysis.internal.posix;

import java.net.InetAddress;
import java.nio.file.Path;

/// A socket address as the kernel sees it: `struct sockaddr_in`, `sockaddr_in6` or `sockaddr_un`. Its text is for
/// messages: `127.0.0.1:8080`, `[::1]:8080`, `/run/app.sock`, `unnamed`.
///
/// Equality is written out where a start needs it: linking what a record has otherwise takes milliseconds.
public sealed interface SockAddr {
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
            return "[" + host.getHostAddress() + "]:" + port;
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
