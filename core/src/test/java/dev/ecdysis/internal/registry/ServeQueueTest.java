package dev.ecdysis.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.Address;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.spi.Acceptor;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A listener that the new generation did not claim: what waits in its queue is served before it is closed.
@Tag("slow")
@Timeout(60)
class ServeQueueTest {
    private static final int WAITING = 200;

    @TempDir
    private Path folder;

    @Test
    void tcpServesAllThatWaitAndNobodyElse() throws Exception {
        assumeTrue(Sockets.mayFilter(), "this kernel lets only root attach a filter");
        ManagedListener listener = paused(Tcp.of("127.0.0.1", 0).sockets(2));
        List<SocketChannel> clients = connectMany(listener);
        CountDownLatch drained = new CountDownLatch(1);
        long started = System.nanoTime();
        listener.serveQueueThenClose(Duration.ofSeconds(30));
        try (SocketChannel newcomer = SocketChannel.open()) {
            assertThatThrownBy(() -> newcomer.socket().connect(Sockets.target(listener.sockets()), 300))
                    .isInstanceOf(SocketTimeoutException.class);
        }
        allAreAnswered(clients);
        assertThat(listener.queueServed()).isFalse();
        listener.onDrained(() -> {
            if (listener.queueServed()) {
                drained.countDown();
            }
        });
        assertThat(drained.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(System.nanoTime() - started).isGreaterThan(1_500_000_000L);
        assertClosed(listener);
    }

    /// With deferred accept a handshake stays under way, as the kernel sees it, until the client sends
    /// something: the same as one whose last ACK is still on its way when newcomers are shut out.
    @Test
    void handshakesUnderWayGetIn() throws Exception {
        ManagedListener listener = paused(Tcp.of("127.0.0.1", 0).deferAccept(Duration.ofSeconds(1)));
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(Sockets.connect(listener.sockets()));
        }
        assertThat(listener.sockets().connectionWaits()).isFalse();
        listener.serveQueueThenClose(Duration.ofSeconds(30));
        Thread.sleep(500);
        assertThat(listener.connections()).isZero();
        for (SocketChannel client : clients) {
            Sockets.answer(client);
        }
        allAreAnswered(clients);
        listener.closeSockets();
    }

    @Test
    void unixServesAllThatWaitAndNobodyElseAndIsDoneAtOnce() throws Exception {
        ManagedListener listener = paused(Unix.of(folder.resolve("s")));
        List<SocketChannel> clients = connectMany(listener);
        ManagedListener tcp = paused(Tcp.of("127.0.0.1", 0));
        tcp.serveQueueThenClose(Duration.ofSeconds(30));
        listener.serveQueueThenClose(Duration.ofSeconds(30));
        await().until(listener::queueServed);
        // That has to wait for handshakes, which is what this one does not do.
        assertThat(tcp.queueServed()).isEqualTo(!Sockets.mayFilter());
        tcp.closeSockets();
        assertThat(folder.resolve("s")).doesNotExist();
        allAreAnswered(clients);
        assertClosed(listener);
        assertThatThrownBy(() -> Sockets.connect(listener.sockets())).isInstanceOf(SocketException.class);
    }

    @Test
    void aPathThatTheNewVersionHasBoundAgainIsLeftAlone() throws Exception {
        Path path = folder.resolve("s");
        ManagedListener old = paused(Unix.of(path));
        java.nio.file.Files.delete(path);
        ManagedListener fresh = paused(Unix.of(path));
        old.serveQueueThenClose(Duration.ofSeconds(30));
        await().until(old::queueServed);
        Sockets.connect(fresh.sockets()).close();
        fresh.closeSockets();
    }

    @Test
    void theLimitEndsIt() throws Exception {
        assumeTrue(Sockets.mayFilter(), "this kernel lets only root attach a filter");
        ManagedListener unlimited = paused(Tcp.of("127.0.0.1", 0));
        ManagedListener listener = paused(Tcp.of("127.0.0.1", 0));
        unlimited.serveQueueThenClose(Duration.ofSeconds(30));
        listener.serveQueueThenClose(Duration.ofMillis(200));
        await().until(listener::queueServed);
        assertThat(unlimited.queueServed()).as("it would have waited for handshakes").isFalse();
        unlimited.closeSockets();
        assertClosed(listener);
    }

    @Test
    void closingMeanwhileEndsItAtOnce() throws Exception {
        ManagedListener listener = paused(Tcp.of("127.0.0.1", 0));
        listener.serveQueueThenClose(Duration.ofSeconds(30));
        listener.serveQueueThenClose(Duration.ofSeconds(30));
        listener.closeSockets();
        assertThat(listener.queueServed()).isTrue();
        assertClosed(listener);
    }

    @Test
    void aUsersAcceptorServesTheQueueOfATcpSocket() throws Exception {
        byUsersAcceptor(Tcp.of("127.0.0.1", 0));
    }

    @Test
    void aUsersAcceptorServesTheQueueOfAUnixSocket() throws Exception {
        byUsersAcceptor(Unix.of(folder.resolve("s")));
    }

    @Test
    void closingMeanwhileClosesAUsersAcceptorOnce() throws Exception {
        ManagedListener listener = Sockets.listen("test", Tcp.of("127.0.0.1", 0));
        Blocking acceptor = new Blocking(listener);
        listener.register(acceptor);
        listener.start();
        listener.pause();
        listener.serveQueueThenClose(Duration.ofSeconds(30));
        listener.closeSockets();
        assertThat(acceptor.closed).hasValue(1);
        assertClosed(listener);
    }

    private void byUsersAcceptor(Address address) throws Exception {
        ManagedListener listener = Sockets.listen("test", address);
        Blocking acceptor = new Blocking(listener);
        listener.register(acceptor);
        listener.start();
        listener.pause();
        List<SocketChannel> clients = connectMany(listener);
        listener.serveQueueThenClose(Duration.ofSeconds(30));
        allAreAnswered(clients);
        await().until(listener::queueServed);
        assertThat(acceptor.closed).hasValue(1);
        assertClosed(listener);
    }

    private static ManagedListener paused(Address address) throws IOException {
        ManagedListener listener = Sockets.listen("test", address);
        listener.serve(Sockets::answer);
        listener.start();
        listener.pause();
        return listener;
    }

    private static List<SocketChannel> connectMany(ManagedListener listener) throws IOException {
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < WAITING; i++) {
            clients.add(Sockets.connect(listener.sockets()));
        }
        return clients;
    }

    private static void allAreAnswered(List<SocketChannel> clients) throws IOException {
        for (SocketChannel client : clients) {
            assertThat(Sockets.isAnswered(client)).isTrue();
            client.close();
        }
    }

    private static void assertClosed(ManagedListener listener) {
        assertThat(Inodes.of(listener.sockets())).isEmpty();
        assertThat(listener.channel().isOpen()).isFalse();
    }

    /// A server that accepts by itself, in the simplest way: its thread is started by each resume, and ends
    /// when it finds nothing. Enough for a queue that is full already.
    private static final class Blocking implements Acceptor {
        private final ManagedListener listener;
        private final AtomicInteger closed = new AtomicInteger();

        private Blocking(ManagedListener listener) {
            this.listener = listener;
        }

        @Override
        public void start() throws IOException {
            listener.channel().configureBlocking(false);
        }

        @Override
        public void pause() {
            // its thread has ended by then
        }

        @Override
        public void resume() {
            Thread.ofPlatform().start(this::acceptAll);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }

        private void acceptAll() {
            try {
                SocketChannel next = listener.channel().accept();
                while (next != null) {
                    Sockets.answer(next);
                    next.close();
                    next = listener.channel().accept();
                }
            } catch (ClosedChannelException e) {
                // closed meanwhile
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
