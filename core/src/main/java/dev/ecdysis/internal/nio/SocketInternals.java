package dev.ecdysis.internal.nio;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;

/// The three members of `sun.nio.ch` that make a fresh server channel one over another socket; ours to use once
/// `java.base/sun.nio.ch` was opened to this module.
///
/// As variable handles: reflection would make classes at the first use of each member, which takes a start some 10 ms.
final class SocketInternals {
    private static final String CHANNEL = "sun.nio.ch.ServerSocketChannelImpl";

    /// `int ServerSocketChannelImpl.fdVal`: the number of a channel's descriptor.
    private final VarHandle descriptorNumber;

    /// `SocketAddress ServerSocketChannelImpl.localAddress`: null means unbound.
    private final VarHandle localAddress;

    /// `boolean ServerSocketChannelImpl.forcedNonBlocking`: see [BlockingMode].
    private final VarHandle forcedNonBlocking;

    private SocketInternals(VarHandle descriptorNumber, VarHandle localAddress, VarHandle forcedNonBlocking) {
        this.descriptorNumber = descriptorNumber;
        this.localAddress = localAddress;
        this.forcedNonBlocking = forcedNonBlocking;
    }

    /// Empty when the package is not open to us, or this JDK has no such members.
    static Optional<SocketInternals> find() {
        try {
            Class<?> channel = Class.forName(CHANNEL);
            MethodHandles.Lookup inside = MethodHandles.privateLookupIn(channel, MethodHandles.lookup());
            return Optional.of(new SocketInternals(inside.findVarHandle(channel, "fdVal", int.class),
                    inside.findVarHandle(channel, "localAddress", SocketAddress.class),
                    inside.findVarHandle(channel, "forcedNonBlocking", boolean.class)));
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }

    int descriptorOf(ServerSocketChannel channel) {
        return (int) descriptorNumber.get(channel);
    }

    /// Makes a channel that nobody else knows yet bound, and its descriptor's `O_NONBLOCK` nobody's business.
    void markBound(ServerSocketChannel channel, SocketAddress address) throws IOException {
        localAddress.set(channel, address);
        forcedNonBlocking.set(channel, true);
        // Asking also takes the lock that guards the field, so that other threads see it.
        if (!address.equals(channel.getLocalAddress())) {
            throw new IOException("this JDK keeps a channel's address elsewhere: " + channel);
        }
    }

    /// What an operator can do to open the package.
    static String howToOpen() {
        Module us = SocketInternals.class.getModule();
        return us.isNamed()
                ? "--add-opens java.base/sun.nio.ch=" + us.getName()
                : "--add-opens java.base/sun.nio.ch=ALL-UNNAMED, or have Add-Opens: java.base/sun.nio.ch in the manifest "
                        + "of a jar that is started with -jar";
    }
}
