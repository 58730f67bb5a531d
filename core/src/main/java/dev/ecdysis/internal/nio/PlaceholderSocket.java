package dev.ecdysis.internal.nio;

import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// A JDK channel that listens on an address nobody knows, and the address by which the kernel knows it.
record PlaceholderSocket(ServerSocketChannel channel, SockAddr address) {
    /// 0 and less would mean the JDK's default of 50.
    private static final int SMALLEST_BACKLOG = 1;

    /// Names the owner, in case we die before it is removed.
    static final String FOLDER_PREFIX = "ecdysis-" + OwnProcess.pid() + "-";

    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final byte[] MAPPED_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 127, 0, 0, 1};

    static PlaceholderSocket open(SocketFamily family) throws IOException {
        ServerSocketChannel channel = family.openChannel();
        try {
            return switch (family) {
                case INET -> new PlaceholderSocket(channel, new SockAddr.Inet4(InetAddress.getByAddress(LOOPBACK),
                        bindToLoopback(channel)));
                // IPv4's loopback serves here too, mapped: a machine may have IPv6 without ::1.
                case INET6 -> new PlaceholderSocket(channel, new SockAddr.Inet6(
                        Inet6Address.getByAddress(null, MAPPED_LOOPBACK, -1), bindToLoopback(channel), 0));
                case UNIX -> new PlaceholderSocket(channel, new SockAddr.Unix(bindToPath(channel)));
            };
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static int bindToLoopback(ServerSocketChannel channel) throws IOException {
        channel.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), 0), SMALLEST_BACKLOG);
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    /// Binds to a path in a folder of our own, and removes both: the socket stays bound to the name without them.
    private static Path bindToPath(ServerSocketChannel channel) throws IOException {
        Path folder = Files.createTempDirectory(FOLDER_PREFIX);
        Path path = folder.resolve("s");
        try {
            channel.bind(UnixDomainSocketAddress.of(path), SMALLEST_BACKLOG);
            return path;
        } catch (IOException e) {
            throw new IOException("binding a socket in java.io.tmpdir: " + path + ": " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(path);
            Files.deleteIfExists(folder);
        }
    }
}
