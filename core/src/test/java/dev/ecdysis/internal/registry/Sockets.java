package dev.ecdysis.internal.registry;

import dev.ecdysis.Address;
import dev.ecdysis.Tcp;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.nio.Adoption;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the tests of this package share: the real kernel, clients, and a count of descriptors.
public final class Sockets {
    static final Posix POSIX = LinuxPosix.open();
    public static final SocketFactory FACTORY = new SocketFactory(POSIX);
    static final Adoption ADOPTION = Adoption.select(POSIX);

    private Sockets() {
    }

    public static ManagedListener listen(String name, Address address) throws IOException {
        return manage(FACTORY.bind(name, address), address);
    }

    public static ManagedListener manage(BoundSockets sockets, Address address) throws IOException {
        List<ServerSocketChannel> channels = new ArrayList<>();
        for (Fd socket : sockets.sockets()) {
            channels.add(ADOPTION.adopt(socket));
        }
        return new ManagedListener(sockets, address, channels, Duration.ofSeconds(60));
    }

    public static int port(BoundSockets sockets) {
        return ((InetSocketAddress) sockets.local().toSocketAddress()).getPort();
    }

    /// Where a client on this machine reaches them.
    static SocketAddress target(BoundSockets sockets) {
        return sockets.local() instanceof SockAddr.Unix ? sockets.local().toSocketAddress()
                : new InetSocketAddress("127.0.0.1", port(sockets));
    }

    public static SocketChannel connect(BoundSockets sockets) throws IOException {
        SocketChannel client = SocketChannel.open(target(sockets));
        if (sockets.isTcp()) {
            client.setOption(StandardSocketOptions.SO_LINGER, 0); // no TIME_WAIT
        }
        return client;
    }

    public static void answer(SocketChannel connection) throws IOException {
        connection.write(ByteBuffer.wrap(new byte[] {'x'}));
    }

    /// Waits until the other side closes.
    public static void hold(SocketChannel connection) throws IOException {
        while (connection.read(ByteBuffer.allocate(64)) >= 0) {
            // what comes does not matter
        }
    }

    public static boolean isAnswered(SocketChannel client) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        return client.read(one) == 1 && one.get(0) == 'x';
    }

    /// Whether this kernel lets this user attach a filter to a socket; some let only root.
    static boolean mayFilter() throws IOException {
        try (BoundSockets sockets = FACTORY.bind("probe", Tcp.of("127.0.0.1", 0))) {
            sockets.refuseNewcomers();
            return true;
        } catch (PosixException e) {
            return false;
        }
    }

    /// The sockets that this process has open, a name for each. Not all descriptors: the JVM opens files when it likes.
    public static Set<String> open() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.map(Sockets::target).filter(target -> target.startsWith("socket:"))
                    .collect(Collectors.toSet());
        }
    }

    /// Those that are open and were not before. One that an earlier test left to its threads to close may go meanwhile,
    /// so a count would not do.
    public static Set<String> openedSince(Set<String> before) throws IOException {
        Set<String> opened = new HashSet<>(open());
        opened.removeAll(before);
        return opened;
    }

    /// Whether `O_NONBLOCK` is set on the open file description.
    static boolean isNonBlocking(Fd fd) throws IOException {
        String flags = Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd.number())).get(1).split("\\s+",
                -1)[1];
        return (Integer.parseInt(flags, 8) & 04000) != 0;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed in the meantime
        }
    }
}
