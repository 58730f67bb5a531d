package dev.ecdysis.internal.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Descriptors;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every [Adoption] promises, against the real kernel.
interface AdoptionContract {
    Posix POSIX = LinuxPosix.open();

    Adoption adoption();

    /// Whether the channel's local address is the listener's.
    boolean localAddressIsRight();

    /// A kind of listener that can be adopted, and how to reach it.
    enum Kind {
        INET(Linux.AF_INET, "127.0.0.1"),
        INET6(Linux.AF_INET6, "::1"),
        DUAL_STACK(Linux.AF_INET6, "::"),
        UNIX(Linux.AF_UNIX, "");

        private final int family;
        private final String host;

        Kind(int family, String host) {
            this.family = family;
            this.host = host;
        }

        Fd listen(Path folder) throws PosixException {
            Fd listener = POSIX.socket(family, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK, 0);
            POSIX.bind(listener, switch (this) {
                case INET -> new SockAddr.Inet4(InetAddress.ofLiteral(host), 0);
                case INET6, DUAL_STACK -> new SockAddr.Inet6(InetAddress.ofLiteral(host), 0, 0);
                case UNIX -> new SockAddr.Unix(folder.resolve("listener"));
            });
            POSIX.listen(listener, 128);
            return listener;
        }

        /// The address as the JDK says it.
        static SocketAddress address(Fd listener) throws PosixException {
            return switch (POSIX.getsockname(listener)) {
                case SockAddr.Inet4(InetAddress address, int port) -> new InetSocketAddress(address, port);
                case SockAddr.Inet6(InetAddress address, int port, int _) ->
                    new InetSocketAddress(address, port);
                case SockAddr.Unix(Path path) -> UnixDomainSocketAddress.of(path);
                case SockAddr.Abstract(String name) -> throw new IllegalStateException(name);
                case SockAddr.Unnamed _ -> throw new IllegalStateException("unnamed");
            };
        }

        /// Connects, to a dual-stack listener over IPv4.
        SocketChannel connect(Fd listener) throws IOException {
            return SocketChannel.open(this == DUAL_STACK
                    ? new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"),
                            ((InetSocketAddress) address(listener)).getPort())
                    : address(listener));
        }
    }

    @ParameterizedTest
    @EnumSource
    default void channelIsTheSameSocket(Kind kind, @TempDir Path folder) throws Exception {
        SortedMap<Integer, String> before = Descriptors.open();
        try (Fd listener = kind.listen(folder)) {
            String inode = Descriptors.target(listener);
            try (ServerSocketChannel channel = adoption().adopt(listener)) {
                SortedMap<Integer, String> after = Descriptors.open();
                after.keySet().removeAll(before.keySet());

                assertThat(after).hasSize(2).allSatisfy((_, target) -> assertThat(target).isEqualTo(inode));
                assertThat(Descriptors.target(listener)).isEqualTo(inode);
                Fd duplicate = Fd.own(POSIX,
                        after.keySet().stream().filter(n -> n != listener.number()).findAny()
                                .orElseThrow());
                assertThat(Descriptors.isCloseOnExec(duplicate)).isTrue();
                assertThat(channel.isBlocking()).isTrue();
                assertThat(channel.isRegistered()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    default void acceptsOnAPlatformThread(Kind kind, @TempDir Path folder) throws Exception {
        acceptsOn(Thread.ofPlatform(), kind, folder);
    }

    @ParameterizedTest
    @EnumSource
    default void acceptsOnAVirtualThread(Kind kind, @TempDir Path folder) throws Exception {
        acceptsOn(Thread.ofVirtual(), kind, folder);
    }

    private void acceptsOn(Thread.Builder threads, Kind kind, Path folder) throws Exception {
        try (Fd listener = kind.listen(folder); ServerSocketChannel channel = adoption().adopt(listener)) {
            FutureTask<SocketChannel> accepting = start(threads, channel::accept);
            try (SocketChannel client = kind.connect(listener); SocketChannel server = get(accepting)) {
                assertThat(server.getLocalAddress()).isEqualTo(client.getRemoteAddress());
                assertThat(server.getRemoteAddress()).isEqualTo(client.getLocalAddress());
                assertThat(server.isBlocking()).isTrue();
                assertThat(Descriptors.isNonBlocking(listener)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    default void acceptsBySelector(Kind kind, @TempDir Path folder) throws Exception {
        try (Fd listener = kind.listen(folder);
                ServerSocketChannel channel = adoption().adopt(listener);
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_ACCEPT);
            assertThat(selector.selectNow()).isZero();
            assertThat(channel.accept()).isNull();
            try (SocketChannel client = kind.connect(listener)) {
                assertThat(selector.select(10_000)).isOne();
                assertThat(selector.selectedKeys()).containsExactly(key);
                try (SocketChannel server = channel.accept()) {
                    assertThat(server.getRemoteAddress()).isEqualTo(client.getLocalAddress());
                }
            }
        }
    }

    /// A connection that was made before the adoption waits in the accept queue, and is not lost.
    @ParameterizedTest
    @EnumSource
    default void acceptsWhatWaited(Kind kind, @TempDir Path folder) throws Exception {
        try (Fd listener = kind.listen(folder);
                SocketChannel client = kind.connect(listener);
                ServerSocketChannel channel = adoption().adopt(listener);
                SocketChannel server = channel.accept()) {
            assertThat(server.getRemoteAddress()).isEqualTo(client.getLocalAddress());
        }
    }

    @ParameterizedTest
    @EnumSource
    default void closeWakesABlockedAccept(Kind kind, @TempDir Path folder) throws Exception {
        try (Fd listener = kind.listen(folder)) {
            for (Thread.Builder threads : new Thread.Builder[] {Thread.ofPlatform(), Thread.ofVirtual()}) {
                ServerSocketChannel channel = adoption().adopt(listener);
                FutureTask<Boolean> accepting = new FutureTask<>(() -> {
                    assertThatThrownBy(channel::accept).isInstanceOf(AsynchronousCloseException.class);
                    return true;
                });
                Thread thread = threads.start(accepting);
                awaitBlocked(thread);
                channel.close();
                assertThat(accepting.get(10, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    default void closingTheChannelLeavesTheListener(Kind kind, @TempDir Path folder) throws Exception {
        try (Fd listener = kind.listen(folder)) {
            adoption().adopt(listener).close();

            assertThat(POSIX.getsockopt(listener, Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN)).isOne();
            try (SocketChannel _ = kind.connect(listener);
                    ServerSocketChannel again = adoption().adopt(listener);
                    SocketChannel server = again.accept()) {
                assertThat(server.isConnected()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    default void nothingClearsNonBlocking(Kind kind, @TempDir Path folder) throws Exception {
        try (Fd listener = kind.listen(folder); ServerSocketChannel channel = adoption().adopt(listener)) {
            assertThat(Descriptors.isNonBlocking(listener)).isTrue();
            channel.configureBlocking(true);
            assertThat(Descriptors.isNonBlocking(listener)).isTrue();
            channel.configureBlocking(false);
            channel.configureBlocking(true);
            assertThat(Descriptors.isNonBlocking(listener)).isTrue();
            if (kind != Kind.UNIX) {
                channel.socket().setSoTimeout(1);
                assertThatThrownBy(() -> channel.socket().accept())
                        .isInstanceOf(SocketTimeoutException.class);
                assertThat(Descriptors.isNonBlocking(listener)).isTrue();
            }
        }
    }

    @Test
    default void aBlockingListenerIsMadeNonBlocking(@TempDir Path folder) throws Exception {
        try (Fd listener = POSIX.socket(Linux.AF_UNIX, Linux.SOCK_STREAM, 0)) {
            POSIX.bind(listener, new SockAddr.Unix(folder.resolve("listener")));
            POSIX.listen(listener, 1);
            try (ServerSocketChannel _ = adoption().adopt(listener)) {
                assertThat(Descriptors.isNonBlocking(listener)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    default void localAddressIsAsDocumented(Kind kind, @TempDir Path folder) throws Exception {
        try (Fd listener = kind.listen(folder); ServerSocketChannel channel = adoption().adopt(listener)) {
            assertThat(channel.getLocalAddress().equals(Kind.address(listener)))
                    .isEqualTo(localAddressIsRight());
            assertThat(adoption().description()).isNotBlank();
        }
    }

    /// Connections accepted from IPv4 sockets are used like any other: options are set by the family of the channel.
    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6", "DUAL_STACK"})
    default void acceptedConnectionsTakeOptions(Kind kind, @TempDir Path folder) throws Exception {
        try (Fd listener = kind.listen(folder);
                ServerSocketChannel channel = adoption().adopt(listener);
                SocketChannel _ = kind.connect(listener);
                SocketChannel server = channel.accept()) {
            server.setOption(StandardSocketOptions.TCP_NODELAY, true).setOption(StandardSocketOptions.IP_TOS,
                    0x10);
            assertThat(server.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    default void twoHundredAdoptionsLeaveNothing(Kind kind, @TempDir Path folder) throws Exception {
        try (Fd listener = kind.listen(folder)) {
            adoption().adopt(listener).close();
            SortedMap<Integer, String> before = Descriptors.open();
            for (int i = 0; i < 200; i++) {
                adoption().adopt(listener).close();
            }
            assertThat(Descriptors.open()).isEqualTo(before);
        }
        assertThat(new File(System.getProperty("java.io.tmpdir"))
                .list((_, name) -> name.startsWith(PlaceholderSocket.FOLDER_PREFIX))).isEmpty();
    }

    @Test
    default void whatIsNotAListenerIsRefusedWithoutALeak() throws Exception {
        SortedMap<Integer, String> before = Descriptors.open();
        try (var pair = POSIX.socketpair(); var pipe = POSIX.pipe2()) {
            assertThatThrownBy(() -> adoption().adopt(pair.first())).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> adoption().adopt(pipe.first())).isInstanceOf(PosixException.class)
                    .hasMessageContaining("ENOTSOCK");
        }
        assertThat(Descriptors.open()).isEqualTo(before);
    }

    private static <T> FutureTask<T> start(Thread.Builder threads, Callable<T> work)
            throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(work);
        awaitBlocked(threads.start(task));
        return task;
    }

    private static <T> T get(FutureTask<T> task) throws Exception {
        return task.get(10, TimeUnit.SECONDS);
    }

    /// Until a thread waits: a virtual one says so, a platform one is in poll(2), where it looks as if it ran.
    private static void awaitBlocked(Thread thread) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (thread.isAlive() && !isBlocked(thread)) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static boolean isBlocked(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return stack.length > 0 && (thread.isVirtual() ? thread.getState() == Thread.State.WAITING
                : stack[0].isNativeMethod() && stack[0].getMethodName().contains("poll"));
    }
}
