package dev.ecdysis.internal.registry;

import static dev.ecdysis.internal.posix.Linux.AF_UNIX;
import static dev.ecdysis.internal.posix.Linux.SOL_SOCKET;
import static dev.ecdysis.internal.posix.Linux.SO_ACCEPTCONN;
import static dev.ecdysis.internal.posix.Linux.SO_DOMAIN;

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
    static SockAddr check(Posix posix, String name, String address, List<Fd> sockets)
            throws EcdysisException {
        String start = "inherited listener " + name + " (" + address + "): ";
        if (sockets.isEmpty()) {
            throw new EcdysisException(start + "it came without a socket");
        }
        try {
            SockAddr local = posix.getsockname(sockets.getFirst());
            for (Fd socket : sockets) {
                if (posix.getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN) == 0) {
                    throw new EcdysisException(start + socket + " is a socket that does not listen");
                }
                boolean unix = posix.getsockopt(socket, SOL_SOCKET, SO_DOMAIN) == AF_UNIX;
                if (unix != address.startsWith("unix:")) {
                    throw new EcdysisException(start + socket + " is of another kind, bound to "
                            + posix.getsockname(socket));
                }
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
