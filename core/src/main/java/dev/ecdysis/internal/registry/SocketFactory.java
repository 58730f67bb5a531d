package dev.ecdysis.internal.registry;

import dev.ecdysis.Activated;
import dev.ecdysis.Address;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.posix.Posix;

/// Creates listening sockets by our own system calls, in every generation: the JDK's are inheritable, of the
/// wrong blocking mode, and cannot have all options. Thread-safe.
public final class SocketFactory {
    private final TcpSockets tcp;
    private final UnixSockets unix;

    public SocketFactory(Posix posix) {
        tcp = new TcpSockets(posix);
        unix = new UnixSockets(posix);
    }

    /// Creates, binds and listens. Connections wait in the accept queue from now on.
    ///
    /// @throws EcdysisException when it cannot be; the message says what to do, and nothing is left behind
    public BoundSockets bind(String name, Address address) throws EcdysisException {
        return bind(name, address, false);
    }

    /// As [#bind(String, Address)].
    ///
    /// @param control whether it is the control socket
    public BoundSockets bind(String name, Address address, boolean control) throws EcdysisException {
        return switch (address) {
            case Tcp it -> tcp.bind(name, it, control);
            case Unix it -> unix.bind(name, it, control);
            case Activated it -> throw new EcdysisException("cannot listen on " + it + " (" + name
                    + "): only a service manager can open it, and pass it to the process that it starts");
        };
    }
}
