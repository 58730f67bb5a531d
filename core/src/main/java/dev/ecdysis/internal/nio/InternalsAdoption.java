package dev.ecdysis.internal.nio;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;

/// Adoption with the JDK's internals open to us: a fresh channel is told that it is bound to the listener's address,
/// after the listener was put over its descriptor with `dup3(2)`. Everything about it is right.
///
/// Not by the constructor that `System.inheritedChannel()` uses, which would do without the fresh socket: it takes
/// every TCP listener for an IPv6 one, and connections accepted from an IPv4 one then refuse `IP_TOS`.
final class InternalsAdoption implements Adoption {
    private static final System.Logger LOG = Log.of(InternalsAdoption.class);

    private final Posix posix;
    private final SocketInternals internals;

    private InternalsAdoption(Posix posix, SocketInternals internals) {
        this.posix = posix;
        this.internals = internals;
    }

    /// Empty when `java.base/sun.nio.ch` is not open to us, or this JDK looks different inside.
    static Optional<Adoption> ifOpen(Posix posix) {
        Optional<SocketInternals> internals = SocketInternals.find();
        return internals.isEmpty() ? Optional.empty() : Optional.of(new InternalsAdoption(posix, internals.get()));
    }

    /// Does what [#adopt] does, but over no listener, with a channel that nobody gets.
    static void rehearse() throws IOException {
        Optional<SocketInternals> internals = SocketInternals.find();
        if (internals.isEmpty()) {
            return;
        }
        SockAddr nowhere = new SockAddr.Inet4(InetAddress.getLoopbackAddress(), 0);
        try (ServerSocketChannel channel = SocketFamily.of(nowhere).openChannel()) {
            int number = internals.get().descriptorOf(channel);
            LOG.log(System.Logger.Level.TRACE, "rehearsing with descriptor {0}", number);
            internals.get().markBound(channel, nowhere.toSocketAddress());
        }
    }

    @Override
    public ServerSocketChannel adopt(Fd listener) throws IOException {
        SockAddr address = posix.getsockname(listener);
        posix.setNonBlocking(listener);
        ServerSocketChannel channel = SocketFamily.of(address).openChannel();
        try {
            posix.dup3(listener, internals.descriptorOf(channel), true);
            internals.markBound(channel, address.toSocketAddress());
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public String description() {
        return "internals: java.base/sun.nio.ch is open, channels are exact";
    }
}
