package dev.ecdysis;

import java.net.SocketAddress;
import java.util.Optional;

/// What is handed from generation to generation: a socket, or another descriptor, under a name that is its identity. A
/// [Listener] is one [kind][Kind] of it; more will come, each with a type of its own below this one.
///
/// All methods may be called from any thread. Not for implementation by programs: methods may be added in any version.
public interface NamedDescriptor {
    /// What a named descriptor is. Constants will be added, so a `switch` over them needs a `default`.
    enum Kind {
        /// Stream sockets that listen, TCP or Unix: a [Listener].
        STREAM_LISTENER
    }

    /// Where this process has it from. Constants may be added, so a `switch` over them needs a `default`.
    enum Origin {
        /// This process opened and bound it.
        BOUND_HERE,
        /// The generation before handed it over.
        PREDECESSOR,
        /// A service manager opened it, and gave it to this process at its start (socket activation).
        SERVICE_MANAGER
    }

    /// The name that identifies it across generations: letters, digits, `.`, `_` and `-`, at most 64.
    String name();

    /// What it is.
    Kind kind();

    /// Where this process has it from.
    Origin origin();

    /// Whether this process got it, rather than having bound it: from its predecessor, or from a service manager.
    default boolean isInherited() {
        return origin() != Origin.BOUND_HERE;
    }

    /// The address that it is bound to, as the kernel says; empty for what is no socket, or is not bound.
    Optional<SocketAddress> boundAddress();

    /// Duplicates of its descriptors, for a transport that takes descriptors rather than channels of the JDK: Netty's epoll and
    /// io_uring, junixsocket, native code. One for each socket of a group, in order; else one. They are close-on-exec.
    ///
    /// **The caller owns them**: the library neither uses nor closes them, and each must be closed exactly once, as
    /// transports do with a descriptor that they were given. They refer to the same open file descriptions as everybody
    /// else's, in this process and in the next generation: these are non-blocking and must stay so, `shutdown(2)` ends the
    /// socket for all, and an epoll set goes on reporting what was closed without being removed from the set.
    ///
    /// A duplicate that is still open keeps a socket open after the library has closed its own. What accepts from one is
    /// registered as a [dev.ecdysis.spi.Acceptor], and closes it in `close()`.
    ///
    /// @throws EcdysisException when there is no descriptor left (`EMFILE`); nothing is left open then
    /// @throws IllegalStateException when it was closed
    /// @throws UnsupportedOperationException in a stub for tests, which has only channels
    int[] duplicateDescriptors() throws EcdysisException;
}
