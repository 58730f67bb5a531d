package dev.ecdysis.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.registry.Inodes;
import dev.ecdysis.internal.registry.Sockets;
import dev.ecdysis.spi.Acceptor;
import dev.ecdysis.spi.DrainContext;
import dev.ecdysis.spi.Drainable;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ManagedListenerTest {
    private static final Tcp ANY = Tcp.of("127.0.0.1", 0);

    private final List<ManagedListener> opened = new ArrayList<>();
    @TempDir
    private Path folder;

    @AfterEach
    void closeAll() {
        for (ManagedListener listener : opened) {
            listener.closeSockets();
            listener.cutOff();
        }
    }

    @Test
    void nothingIsAcceptedBeforeItIsStarted() throws Exception {
        ManagedListener listener = tcp();
        listener.serve(Sockets::answer);
        try (SocketChannel client = Sockets.connect(listener.sockets())) {
            assertNotAnswered(client);
            listener.start();
            assertThat(Sockets.isAnswered(client)).isTrue();
        }
        assertThat(listener.acceptingSinceNanos()).isNotZero();
    }

    @Test
    void aHandlerThatComesLateStartsAtOnce() throws Exception {
        ManagedListener listener = tcp();
        listener.start();
        try (SocketChannel client = Sockets.connect(listener.sockets())) {
            listener.serve(Sockets::answer);
            assertThat(Sockets.isAnswered(client)).isTrue();
        }
    }

    @Test
    void aHandlerThatComesWhilePausedStartsAtResume() throws Exception {
        ManagedListener listener = tcp();
        listener.start();
        listener.pause();
        listener.serve(Sockets::answer);
        try (SocketChannel client = Sockets.connect(listener.sockets())) {
            assertNotAnswered(client);
            listener.resume();
            assertThat(Sockets.isAnswered(client)).isTrue();
        }
    }

    @Test
    void withoutAnAcceptorItIsHarmless() throws Exception {
        ManagedListener listener = tcp();
        listener.beat(true);
        listener.start();
        listener.pause();
        listener.resume();
        assertThat(System.nanoTime() - listener.lastStepNanos()).isLessThan(1_000_000_000L);
        assertThat(listener.acceptingSinceNanos()).isNotZero();
        assertThat(listener.connections()).isZero();
        listener.cutOff();
        listener.serveQueueThenClose(Duration.ofSeconds(1));
        assertThat(listener.queueServed()).isTrue();
        assertThat(listener.channel().isOpen()).isFalse();
        listener.closeSockets();
    }

    @Test
    void hasOneAcceptorOnly() throws Exception {
        ManagedListener listener = tcp();
        listener.serve(Sockets::answer);
        assertThatIllegalStateException().isThrownBy(() -> listener.serve(Sockets::answer))
                .withMessage("listener test already has a handler or an acceptor");
        assertThatIllegalStateException().isThrownBy(() -> listener.register(new Recording()));
    }

    @Test
    void knowsWhatItIs() throws Exception {
        ManagedListener listener = open(Tcp.of("127.0.0.1", 0).sockets(3));
        assertThat(listener.name()).isEqualTo("test");
        assertThat(listener.address()).hasToString("tcp:127.0.0.1:0");
        assertThat(listener.channels()).hasSize(3).first().isSameAs(listener.channel());
        assertThat(listener.localAddress()).hasToString("/127.0.0.1:" + Sockets.port(listener.sockets()));
        assertThat(listener.isInherited()).isFalse();
        ManagedListener unix = open(Unix.of(folder.resolve("s")));
        assertThat(unix.localAddress()).hasToString(folder.resolve("s").toString());
    }

    @Test
    void closingTheSocketsLeavesConnectionsAlive() throws Exception {
        ManagedListener listener = open(ANY.sockets(2));
        listener.serve(Sockets::hold);
        listener.start();
        CountDownLatch drained = new CountDownLatch(1);
        try (SocketChannel client = Sockets.connect(listener.sockets())) {
            await().until(() -> listener.connections() == 1);
            listener.onDrained(drained::countDown);
            listener.closeSockets();
            assertThat(Inodes.of(listener.sockets())).isEmpty();
            assertThat(listener.channels()).noneMatch(java.nio.channels.Channel::isOpen);
            assertThat(listener.connections()).isEqualTo(1);
            assertThat(client.isConnected()).isTrue();
        }
        assertThat(drained.await(10, TimeUnit.SECONDS)).isTrue();
        await().until(() -> listener.connections() == 0);
    }

    @Test
    void cutOffClosesConnections() throws Exception {
        ManagedListener listener = tcp();
        listener.serve(Sockets::hold);
        listener.start();
        try (SocketChannel client = Sockets.connect(listener.sockets())) {
            await().until(() -> listener.connections() == 1);
            listener.cutOff();
            assertThat(Sockets.isAnswered(client)).isFalse();
            await().until(() -> listener.connections() == 0);
        }
    }

    @Test
    void aUsersAcceptorIsCalledInOrder() throws Exception {
        ManagedListener listener = tcp();
        Recording acceptor = new Recording();
        listener.register(acceptor);
        listener.start();
        listener.pause();
        listener.pause();
        listener.resume();
        listener.closeSockets();
        listener.closeSockets();
        assertThat(acceptor.calls).containsExactly("start", "pause", "resume", "close");
    }

    @Test
    void aUsersAcceptorThatNeverStartedIsNotCalled() throws Exception {
        ManagedListener listener = tcp();
        Recording acceptor = new Recording();
        listener.register(acceptor);
        listener.pause();
        listener.closeSockets();
        assertThat(acceptor.calls).isEmpty();
    }

    @Test
    void whatCountsForItIsTheAcceptorOrWhatCameWithIt() throws Exception {
        ManagedListener alone = tcp();
        alone.register(new Recording());
        assertThat(alone.drainable()).isEmpty();
        ManagedListener both = tcp();
        Counting counting = new Counting();
        both.register(counting);
        assertThat(both.drainable()).contains(counting);
        ManagedListener apart = tcp();
        apart.register(new Recording(), counting);
        assertThat(apart.drainable()).contains(counting);
    }

    @Test
    void aTransparentOneMustBeCounted() throws Exception {
        ManagedListener listener = Sockets.manage(Sockets.FACTORY.bind("test", ANY), ANY.transparent(true));
        opened.add(listener);
        assertThatIllegalStateException().isThrownBy(() -> listener.register(new Recording()))
                .withMessageContaining("register its acceptor with a Drainable");
        listener.register(new Recording(), new Counting());
    }

    @Test
    void nothingStaysOpen() throws Exception {
        Set<String> before = Sockets.open();
        for (int i = 0; i < 20; i++) {
            ManagedListener listener = open(ANY.sockets(2));
            listener.serve(Sockets::answer);
            listener.start();
            try (SocketChannel client = Sockets.connect(listener.sockets())) {
                assertThat(Sockets.isAnswered(client)).isTrue();
            }
            listener.pause();
            listener.closeSockets();
        }
        await().until(() -> Sockets.openedSince(before).isEmpty());
        awaitNoThread();
    }

    @Test
    void nothingStaysOfOneThatWasPreparedAndNeverStarted() throws Exception {
        Set<String> before = Sockets.open();
        ManagedListener listener = open(ANY);
        listener.serve(Sockets::answer);
        listener.prepare();
        listener.closeSockets();
        assertThat(Sockets.openedSince(before)).isEmpty();
        awaitNoThread();
    }

    private static void awaitNoThread() {
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("ecdysis-") && !name.equals("ecdysis-log"))).isEmpty());
    }

    private ManagedListener tcp() throws Exception {
        return open(ANY);
    }

    private ManagedListener open(dev.ecdysis.Address address) throws Exception {
        ManagedListener listener = Sockets.listen("test", address);
        opened.add(listener);
        return listener;
    }

    private static void assertNotAnswered(SocketChannel client) throws Exception {
        client.socket().setSoTimeout(200);
        Assertions.assertThatThrownBy(() -> client.socket().getInputStream().read())
                .isInstanceOf(SocketTimeoutException.class);
    }

    private static final class Counting extends Recording implements Drainable {
        @Override
        public String name() {
            return "counting";
        }

        @Override
        public long remaining() {
            return 0;
        }

        @Override
        public void drain(DrainContext context) {
            // nobody is told
        }

        @Override
        public void cutOff() {
            // nothing is left
        }
    }

    private static class Recording implements Acceptor {
        private final List<String> calls = new CopyOnWriteArrayList<>();

        @Override
        public void start() {
            calls.add("start");
        }

        @Override
        public void pause() {
            calls.add("pause");
        }

        @Override
        public void resume() {
            calls.add("resume");
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }
}
