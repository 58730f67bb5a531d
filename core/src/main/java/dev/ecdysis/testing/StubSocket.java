package dev.ecdysis.testing;

import dev.ecdysis.Activated;
import dev.ecdysis.Address;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/// The channel of a listener of the stub, and the path that goes with it.
///
/// @param path what to remove at the end, and how to know it again
record StubSocket(ServerSocketChannel channel, Optional<Bound> path) {
    /// A path of ours; it may be another's by now.
    record Bound(Path path, Optional<Object> key) {
    }

    static StubSocket open(Address address) throws IOException {
        return switch (address) {
            case Tcp tcp -> new StubSocket(bound(ServerSocketChannel.open(), tcp), Optional.empty());
            case Unix unix -> open(unix);
            // Nobody passes any to a test, and its place is not the program's to say either.
            case Activated _ -> new StubSocket(bound(ServerSocketChannel.open(), Tcp.of("127.0.0.1", 0)),
                    Optional.empty());
        };
    }

    private static StubSocket open(Unix unix) throws IOException {
        ServerSocketChannel channel;
        try {
            channel = bound(ServerSocketChannel.open(StandardProtocolFamily.UNIX), unix);
        } catch (BindException e) {
            if (!isStale(unix.path())) {
                throw e;
            }
            Files.deleteIfExists(unix.path());
            channel = bound(ServerSocketChannel.open(StandardProtocolFamily.UNIX), unix);
        }
        return new StubSocket(channel, Optional.of(new Bound(unix.path(), key(unix.path()))));
    }

    private static ServerSocketChannel bound(ServerSocketChannel channel, Address address) throws IOException {
        try {
            return switch (address) {
                case Tcp tcp -> channel.bind(new InetSocketAddress(tcp.host(), tcp.port()), tcp.backlog());
                case Unix unix -> channel.bind(UnixDomainSocketAddress.of(unix.path()), unix.backlog());
                case Activated _ -> throw new IllegalArgumentException("nothing to bind: " + address);
            };
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// A socket that nobody listens on: what a test that was killed has left behind.
    private static boolean isStale(Path path) throws IOException {
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
            return false;
        }
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return !probe.isConnected();
        } catch (ConnectException e) {
            return true;
        }
    }

    private static Optional<Object> key(Path path) throws IOException {
        try {
            return Optional.ofNullable(Files
                    .readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    void close() {
        try {
            channel.close();
            if (path.isPresent() && key(path.get().path()).equals(path.get().key())) {
                Files.deleteIfExists(path.get().path());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
