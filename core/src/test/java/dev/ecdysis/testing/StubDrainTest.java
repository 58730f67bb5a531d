package dev.ecdysis.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Exit;
import dev.ecdysis.Listener;
import dev.ecdysis.Tcp;
import dev.ecdysis.spi.Acceptor;
import dev.ecdysis.spi.DrainContext;
import dev.ecdysis.spi.Drainable;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A drain of the stub ends as one of the real library does.
class StubDrainTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration FOR_EVER = Duration.ofDays(1);

    private final StubEcdysis stub = StubEcdysis.firstGeneration();
    private final Connections connections = new Connections();

    private static final class Connections implements Drainable {
        private final List<String> calls = new CopyOnWriteArrayList<>();
        private final CountDownLatch askedOnce = new CountDownLatch(1);
        private final CountDownLatch asked = new CountDownLatch(2);
        private volatile long remaining = 5;
        private volatile boolean broken;
        private volatile boolean signals;
        private volatile @Nullable DrainContext context;

        @Override
        public String name() {
            return "connections";
        }

        @Override
        public boolean signals() {
            return signals;
        }

        @Override
        public long remaining() {
            if (broken) {
                throw new IllegalStateException("on purpose");
            }
            long answer = remaining;
            askedOnce.countDown();
            asked.countDown();
            return answer;
        }

        @Override
        public void drain(DrainContext given) {
            context = given;
            calls.add("drain");
            if (broken) {
                throw new IllegalStateException("on purpose");
            }
        }

        @Override
        public void cutOff() {
            calls.add("cutOff");
            remaining = 0;
        }
    }

    private void start(Duration deadline) throws Exception {
        stub.drainDeadline(deadline);
        stub.register(connections);
        stub.ready();
    }

    @AfterEach
    void close() {
        stub.close();
    }

    @Test
    void itWaitsForWhatTheApplicationHasLeft() throws Exception {
        start(FOR_EVER);
        stub.completeUpgrade(4711);
        assertThat(connections.asked.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(stub.awaitExit(Duration.ZERO)).isEmpty();
        connections.remaining = 0;
        assertThat(stub.awaitExit(LONG)).contains(new Exit.Upgraded(4711, 0));
        assertThat(connections.calls).containsExactly("drain");
    }

    /// So that a test finds out about a signal that is missing.
    @Test
    void oneThatSignalsIsAskedThenAndNotOtherwise() throws Exception {
        connections.signals = true;
        start(FOR_EVER);
        stub.stop();
        assertThat(connections.askedOnce.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(stub.awaitExit(Duration.ofMillis(1))).isEmpty();
        connections.remaining = 0;
        assertThat(stub.awaitExit(Duration.ofMillis(200))).isEmpty();
        Objects.requireNonNull(connections.context).changed();
        assertThat(stub.awaitExit(LONG)).contains(new Exit.Stopped(0));
    }

    @Test
    void theDeadlineCutsOffWhatIsLeft() throws Exception {
        start(Duration.ofMillis(10));
        stub.completeUpgrade(4711);
        assertThat(stub.awaitExit(LONG)).contains(new Exit.Upgraded(4711, 5));
        assertThat(connections.calls).containsExactly("drain", "cutOff");
    }

    @Test
    void theDeadlineClosesConnectionsToo() throws Exception {
        connections.remaining = 0;
        stub.drainDeadline(Duration.ofMillis(10));
        Listener listener = stub.listen("http", Tcp.of("127.0.0.1", 0));
        CountDownLatch accepted = new CountDownLatch(1);
        listener.serve(connection -> {
            accepted.countDown();
            connection.read(ByteBuffer.allocate(1));
        });
        stub.ready();
        InetSocketAddress address = (InetSocketAddress) listener.localAddress();
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            assertThat(accepted.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            stub.stop();
            assertThat(stub.awaitExit(LONG)).contains(new Exit.Stopped(1));
            client.setSoTimeout((int) LONG.toMillis());
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aSecondStopCutsOffAtOnce() throws Exception {
        start(FOR_EVER);
        stub.stop();
        stub.stop();
        assertThat(stub.awaitExit(LONG)).contains(new Exit.Stopped(5));
    }

    /// As for the real one, the first stop may be one that was meant for the server and came a moment too late.
    @Test
    void afterAnUpgradeItTakesTwoStops() throws Exception {
        start(FOR_EVER);
        stub.completeUpgrade(4711);
        stub.stop();
        assertThat(stub.awaitExit(Duration.ofMillis(50))).isEmpty();
        stub.stop();
        assertThat(stub.awaitExit(LONG)).contains(new Exit.Upgraded(4711, 5));
        stub.rollBack("too late");
        assertThat(stub.awaitExit()).isEqualTo(new Exit.Upgraded(4711, 5));
        assertThat(connections.calls).containsExactly("drain", "cutOff");
    }

    @Test
    void oneThatIsBrokenDoesNotKeepItUp() throws Exception {
        connections.broken = true;
        start(FOR_EVER);
        stub.stop();
        assertThat(stub.awaitExit(LONG)).contains(new Exit.Stopped(0));
    }

    @Test
    void anAcceptorThatCannotCloseDoesNotKeepItUp() throws Exception {
        Listener listener = stub.listen("http", Tcp.of("127.0.0.1", 0));
        listener.register(new Acceptor() {
            @Override
            public void start() {
                // accepts nothing
            }

            @Override
            public void pause() {
                // nothing to pause
            }

            @Override
            public void resume() {
                // nothing to resume
            }

            @Override
            public void close() {
                throw new IllegalStateException("on purpose");
            }
        });
        stub.ready();
        stub.stop();
        assertThat(listener.channel().isOpen()).isFalse();
        assertThat(stub.awaitExit(LONG)).contains(new Exit.Stopped(0));
    }

    @Test
    void closingWithoutWaitingLeavesNobodyWaiting() throws Exception {
        start(FOR_EVER);
        stub.stop();
        stub.close();
        assertThat(stub.awaitExit(LONG)).isEqualTo(Optional.of(new Exit.Stopped(0)));
        assertThat(connections.calls).containsExactly("drain");
    }
}
