package dev.ecdysis.internal.nio;

import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;

/// The three members of `sun.nio.ch` that make a fresh server channel one over another socket; ours to use once
/// `java.base/sun.nio.ch` was opened to this module.
final class SocketInternals {
    private static final String CHANNEL = "sun.nio.ch.ServerSocketChannelImpl";

    /// `int SelChImpl.getFDVal()`: the number of a channel's descriptor.
    private final Method descriptorNumber;

    /// `SocketAddress ServerSocketChannelImpl.localAddress`: null means unbound.
    private final Field localAddress;

    /// `boolean ServerSocketChannelImpl.forcedNonBlocking`: see [BlockingMode].
    private final Field forcedNonBlocking;

    private SocketInternals(Method descriptorNumber, Field localAddress, Field forcedNonBlocking) {
        this.descriptorNumber = descriptorNumber;
        this.localAddress = localAddress;
        this.forcedNonBlocking = forcedNonBlocking;
    }

    /// Empty when the package is not open to us, or this JDK has no such members.
    static Optional<SocketInternals> find() {
        try {
            Class<?> channel = Class.forName(CHANNEL);
            SocketInternals found = new SocketInternals(
                    Class.forName("sun.nio.ch.SelChImpl").getDeclaredMethod("getFDVal"),
                    channel.getDeclaredField("localAddress"), channel.getDeclaredField("forcedNonBlocking"));
            return found.areOpen() ? Optional.of(found) : Optional.empty();
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }

    private boolean areOpen() {
        for (AccessibleObject member : new AccessibleObject[] {descriptorNumber, localAddress,
            forcedNonBlocking}) {
            if (!member.trySetAccessible()) {
                return false;
            }
        }
        return localAddress.getType() == SocketAddress.class && forcedNonBlocking.getType() == boolean.class;
    }

    int descriptorOf(ServerSocketChannel channel) throws IOException {
        try {
            return (int) descriptorNumber.invoke(channel);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IOException("the descriptor of " + channel, e);
        }
    }

    /// Makes a channel that nobody else knows yet bound, and its descriptor's `O_NONBLOCK` nobody's business.
    void markBound(ServerSocketChannel channel, SocketAddress address) throws IOException {
        try {
            localAddress.set(channel, address);
            forcedNonBlocking.setBoolean(channel, true);
        } catch (IllegalAccessException e) {
            throw new IOException("the local address of " + channel, e);
        }
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
                : "--add-opens java.base/sun.nio.ch=ALL-UNNAMED, or Add-Opens: java.base/sun.nio.ch in the manifest "
                        + "of an executable jar";
    }
}
