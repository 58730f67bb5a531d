package dev.ecdysis.internal.registry;

import dev.ecdysis.internal.posix.SockAddr;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// Whether addresses name the same host. The JDK's own equality leaves out the interface of a link-local address, which says
/// nothing without it: `fe80::1%eth0` and `fe80::1%eth1` are two.
final class Hosts {
    private Hosts() {
    }

    /// Whether a socket is bound to that host.
    ///
    /// @param name an address or a name; one that is unknown is nobody's
    static boolean isAt(SockAddr local, String name) {
        try {
            return isSame(local, of(InetAddress.getByName(name), 0));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /// Whether a socket that is bound so keeps another from that host, on the same port.
    static boolean overlaps(SockAddr local, String name) {
        try {
            InetAddress asked = InetAddress.getByName(name);
            return asked.isAnyLocalAddress() || isAny(local) || isSame(local, of(asked, 0));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /// An address of the JDK's as one of the kernel's, with its interface.
    static SockAddr of(InetAddress host, int port) {
        return host instanceof Inet6Address v6 ? new SockAddr.Inet6(v6, port, v6.getScopeId())
                : new SockAddr.Inet4(host, port);
    }

    /// Whatever the ports are.
    static boolean isSame(SockAddr one, SockAddr other) {
        return switch (one) {
            case SockAddr.Inet4 v4 -> other instanceof SockAddr.Inet4 its && v4.host().equals(its.host());
            case SockAddr.Inet6 v6 -> other instanceof SockAddr.Inet6 its && v6.host().equals(its.host())
                    && (!v6.host().isLinkLocalAddress() || v6.scope() == its.scope());
            default -> false;
        };
    }

    static boolean isAny(SockAddr local) {
        return switch (local) {
            case SockAddr.Inet4 v4 -> v4.host().isAnyLocalAddress();
            case SockAddr.Inet6 v6 -> v6.host().isAnyLocalAddress();
            default -> false;
        };
    }

    /// -1 when it has none.
    static int port(SockAddr local) {
        return switch (local) {
            case SockAddr.Inet4 v4 -> v4.port();
            case SockAddr.Inet6 v6 -> v6.port();
            default -> -1;
        };
    }
}
