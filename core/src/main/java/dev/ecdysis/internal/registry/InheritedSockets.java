package dev.ecdysis.internal.registry;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import java.util.List;

/// Checks descriptors that came from outside against the kernel.
final class InheritedSockets {
    private InheritedSockets() {
    }

    /// Makes them non-blocking and returns the address that all of them are bound to.
    static SockAddr check(Posix posix, String name, SocketKind kind, String address, List<Fd> sockets)
            throws EcdysisException {
        String start = "inherited listener " + name + " (" + address + "): ";
        if (sockets.isEmpty()) {
            throw new EcdysisException(start + "it came without a socket");
        }
        try {
            SockAddr local = posix.getsockname(sockets.getFirst());
            for (Fd socket : sockets) {
                kind.check(posix, socket, start, address);
                if (!posix.getsockname(socket).equals(local)) {
                    throw new EcdysisException(
                            start + "its sockets are bound to different addresses: " + local
                                    + " and " + posix.getsockname(socket));
                }
                posix.setNonBlocking(socket);
            }
            return local;
        } catch (PosixException e) {
            throw new EcdysisException(start + e.getMessage(), e);
        }
    }
}
