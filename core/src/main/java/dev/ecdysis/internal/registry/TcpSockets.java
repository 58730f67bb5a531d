package dev.ecdysis.internal.registry;

import static dev.ecdysis.internal.posix.Linux.AF_INET;
import static dev.ecdysis.internal.posix.Linux.AF_INET6;
import static dev.ecdysis.internal.posix.Linux.IPPROTO_IPV6;
import static dev.ecdysis.internal.posix.Linux.IPV6_V6ONLY;
import static dev.ecdysis.internal.posix.Linux.SOCK_NONBLOCK;
import static dev.ecdysis.internal.posix.Linux.SOCK_STREAM;
import static dev.ecdysis.internal.posix.Linux.SOL_SOCKET;
import static dev.ecdysis.internal.posix.Linux.SO_REUSEPORT;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.Tcp;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/// Creates listening TCP sockets, one or an `SO_REUSEPORT` group.
final class TcpSockets {
    private final Posix posix;

    TcpSockets(Posix posix) {
        this.posix = posix;
    }

    BoundSockets bind(String name, Tcp address, boolean control) throws EcdysisException {
        SockAddr asked = resolve(name, address);
        List<Fd> sockets = new ArrayList<>();
        try {
            SockAddr local = asked;
            for (int i = 0; i < address.sockets(); i++) {
                Fd socket = create(address, local);
                sockets.add(socket);
                bind(socket, address, local, i == 0);
                // With port 0 the kernel chooses one for the first socket, and the others of the group take
                // that.
                local = posix.getsockname(socket);
            }
            return BoundSockets.bound(posix, name, address.toString(), sockets, local, control);
        } catch (PosixException e) {
            closeAll(sockets);
            throw BindErrors.ofTcp(name, address, e);
        } catch (RuntimeException e) {
            closeAll(sockets);
            throw e;
        }
    }

    private static SockAddr resolve(String name, Tcp address) throws EcdysisException {
        try {
            return Hosts.of(InetAddress.getByName(address.host()), address.port());
        } catch (UnknownHostException e) {
            boolean scoped = address.host().contains("%");
            throw new EcdysisException("cannot listen on " + address + " (" + name + "): "
                    + (scoped ? "this machine has no such interface as in " + address.host()
                            + "; use one that `ip link` lists"
                            : "the name " + address.host()
                                    + " is unknown; write an address of this machine, or 0.0.0.0 for all"),
                    e);
        }
    }

    private Fd create(Tcp address, SockAddr local) throws PosixException {
        boolean v6 = local instanceof SockAddr.Inet6;
        Fd socket = posix.socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        try {
            if (v6) {
                // Always said, because the system's default (net.ipv6.bindv6only) may be either.
                posix.setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, address.ipv6Only().orElse(false) ? 1 : 0);
            }
            TcpOptions.set(posix, socket, address, v6);
            return socket;
        } catch (PosixException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /// The first of a group is bound without `SO_REUSEPORT` and gets it afterwards, before it listens.
    /// Otherwise a second server that is started by mistake would not fail, but silently take a share of the
    /// connections.
    private void bind(Fd socket, Tcp address, SockAddr local, boolean first) throws PosixException {
        boolean group = address.sockets() > 1;
        if (group && !first) {
            posix.setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, 1);
        }
        posix.bind(socket, local);
        if (group && first) {
            posix.setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, 1);
        }
        posix.listen(socket, address.backlog());
    }

    private static void closeAll(List<Fd> sockets) {
        sockets.forEach(Fd::close);
    }
}
