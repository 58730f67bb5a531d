package dev.ecdysis;

import dev.ecdysis.spi.Acceptor;
import dev.ecdysis.spi.Drainable;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Optional;

/// A stream socket that listens, or an `SO_REUSEPORT` group of them, and is handed from generation to generation.
///
/// Nothing is accepted before [Ecdysis#ready()] has returned in this process: until then new connections wait in the
/// accept queue, or the predecessor serves them. All methods may be called from any thread.
///
/// Not for implementation: methods may be added in any version.
public interface Listener extends NamedDescriptor {
    /// The address that was asked for.
    Address address();

    /// The address that it is bound to: with port 0, the port that generation 0 got.
    SocketAddress localAddress();

    /// Always [NamedDescriptor.Kind#STREAM_LISTENER].
    @Override
    default Kind kind() {
        return Kind.STREAM_LISTENER;
    }

    /// [#localAddress()], which a listener always has.
    @Override
    default Optional<SocketAddress> boundAddress() {
        return Optional.of(localAddress());
    }

    /// Accepts connections from cutover on, in batches, and gives each to the handler on a virtual thread of its
    /// own. Live connections count for the drain. Running out of descriptors pauses accepting for a moment and never
    /// ends it.
    ///
    /// @throws IllegalStateException when this listener already has a handler or an acceptor
    void serve(ConnectionHandler handler);

    /// The JDK channel of the listener, for a server that accepts itself; of a group, the first one. It stays open
    /// and valid across a pause and a rollback. The open file description is non-blocking and must stay so, because
    /// the other generation shares it: register the channel with a selector or accept in blocking mode, but do not
    /// switch it back with `configureBlocking(true)`.
    ///
    /// Such a server registers itself with [#register(Acceptor)], or the upgrade could not pause it. One that takes descriptors
    /// instead has [#duplicateDescriptors()].
    ServerSocketChannel channel();

    /// The channels of all sockets of an `SO_REUSEPORT` group, in order; one unless
    /// [Tcp#sockets(int)] asked for more.
    List<ServerSocketChannel> channels();

    /// Registers the server that accepts from [#channel()]: it is started at cutover and paused when a successor
    /// takes over.
    ///
    /// Its connections are drained: counted by the acceptor, if that is a [Drainable] as well, else by the kernel. To the
    /// kernel each that is open is one, idle or not: the drain waits until the server or the client closes it, or until
    /// the deadline.
    ///
    /// @throws IllegalStateException when this listener already has a handler or an acceptor, or is [Tcp#transparent()],
    ///         so that the kernel cannot tell which connections are its, and the acceptor is no [Drainable]
    void register(Acceptor acceptor);

    /// The same, with something that counts the acceptor's connections, or its requests, better than the kernel can. It
    /// may be given to several listeners, and need not be registered with [Ecdysis#register(Drainable)] as well.
    ///
    /// @throws IllegalStateException when this listener already has a handler or an acceptor
    void register(Acceptor acceptor, Drainable drainable);

    /// How many accepted connections are alive.
    long connections();
}
