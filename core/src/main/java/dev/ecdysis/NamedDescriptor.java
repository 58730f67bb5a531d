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
}
