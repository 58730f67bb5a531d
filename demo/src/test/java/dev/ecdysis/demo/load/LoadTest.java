package dev.ecdysis.demo.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.demo.load.MiniServer.Treatment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Each way of losing a request on a real socket is told as what it is, and what loses none is not told at
/// all.
@Tag("slow")
@Timeout(60)
final class LoadTest {
    private static final int REQUESTS = 20;

    @Test
    void aServerThatBehavesLosesNothing() throws Exception {
        try (MiniServer server = MiniServer.wellBehaved()) {
            LoadReport report = run(plan(server.address()).requestsPerSecond(1000).requestsAtMost(500));
            assertThat(report.failures()).isEmpty();
            assertThat(report.answered()).isEqualTo(500);
            assertThat(report.requests()).isEqualTo(500);
            assertThat(report.answeredByGeneration()).containsOnlyKeys(7).containsEntry(7, 500L);
            assertThat(report.latencies().getTotalCount()).isEqualTo(500);
            assertThat(report.reopened()).isZero();
            assertThat(report.opened()).isEqualTo(server.accepted()).isBetween(251L, 300L);
        }
    }

    @Test
    void nobodyListening() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
        }
        assertAllLost(run(plan(nobody)), FailureKind.REFUSED);
    }

    @Test
    void resetBeforeTheResponse() throws Exception {
        assertAllLost(against(connected -> {
            connected.readRequest();
            connected.reset();
        }), FailureKind.RESET);
    }

    @Test
    void resetWithinTheResponse() throws Exception {
        assertAllLost(against(connected -> {
            connected.readRequest();
            connected.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
            Thread.sleep(20);
            connected.reset();
        }), FailureKind.RESET);
    }

    @Test
    void closedBeforeTheResponse() throws Exception {
        assertAllLost(against(connected -> connected.readRequest()), FailureKind.EARLY_EOF);
    }

    @Test
    void closedWithinTheResponse() throws Exception {
        LoadReport report = against(connected -> {
            connected.readRequest();
            connected.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
        });
        assertAllLost(report, FailureKind.EARLY_EOF);
        assertThat(report.failures().getFirst().detail()).contains("after 41 bytes of the response");
    }

    @Test
    void noAnswer() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (MiniServer server = MiniServer.start(connected -> over.await())) {
            assertAllLost(run(plan(server.address()).patience(Duration.ofMillis(200))), FailureKind.TIMEOUT);
        } finally {
            over.countDown();
        }
    }

    @Test
    void requestsThatWaitForAConnectionLosePatienceToo() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (MiniServer server = MiniServer.start(connected -> over.await())) {
            LoadReport report = run(plan(server.address()).patience(Duration.ofMillis(200)).keepAliveShare(1)
                    .keepAliveConnections(1));
            assertAllLost(report, FailureKind.TIMEOUT);
            assertThat(report.failures()).extracting(Failure::detail)
                    .contains("waited for a free connection");
        } finally {
            over.countDown();
        }
    }

    @Test
    void aFullAcceptQueueDoesNotAnswerTheConnect() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            SocketAddress address = new InetSocketAddress(deaf.getInetAddress(), deaf.getLocalPort());
            LoadReport report = run(plan(address).patience(Duration.ofMillis(300)));
            assertThat(report.failed()).isEqualTo(REQUESTS);
            // Two fit into the queue of one: the kernel counts that way.
            assertThat(report.failedByKind())
                    .containsOnlyKeys(FailureKind.TIMEOUT, FailureKind.CONNECT_TIMEOUT)
                    .containsEntry(FailureKind.TIMEOUT, 2L);
        }
    }

    @Test
    void garbage() throws Exception {
        assertAllLost(against(connected -> {
            connected.readRequest();
            connected.write("SSH-2.0-OpenSSH_9.9\r\n");
            connected.readRequest();
        }), FailureKind.BAD_RESPONSE);
    }

    @Test
    void aStatusThatIsNoSuccess() throws Exception {
        LoadReport report = against(connected -> {
            connected.readRequest();
            connected.write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        });
        assertAllLost(report, FailureKind.BAD_RESPONSE);
        assertThat(report.failures().getFirst().detail()).contains("503 Service Unavailable");
    }

    @Test
    void anAnnouncedCloseIsNoFailure() throws Exception {
        try (MiniServer server = MiniServer.start(connected -> {
            connected.readRequest();
            connected.write(MiniServer.ok(0, "Connection: close\r\n"));
        })) {
            LoadReport report = run(plan(server.address()).keepAliveShare(1).keepAliveConnections(1));
            assertThat(report.failures()).isEmpty();
            assertThat(report.reopened()).isEqualTo(REQUESTS);
            assertThat(server.accepted()).isEqualTo(REQUESTS);
        }
    }

    @Test
    void aCloseWhileIdleIsNoFailure() throws Exception {
        try (MiniServer server = MiniServer.start(connected -> {
            connected.readRequest();
            connected.write(MiniServer.ok(0, ""));
        })) {
            LoadReport report = run(
                    plan(server.address()).requestsPerSecond(5).requestsAtMost(5).keepAliveShare(1)
                            .keepAliveConnections(1));
            assertThat(report.failures()).isEmpty();
            // The load may end before it sees the last close.
            assertThat(report.reopened()).isBetween(4L, 5L);
        }
    }

    @Test
    void aCloseAfterTheRequestWasWrittenIsAFailureAndNotTriedAgain() throws Exception {
        try (MiniServer server = MiniServer.start(connected -> {
            connected.readRequest();
            connected.write(MiniServer.ok(3, ""));
            connected.readRequest();
        })) {
            LoadReport report = run(plan(server.address()).keepAliveShare(1).keepAliveConnections(1));
            assertThat(report.answered()).isEqualTo(REQUESTS / 2);
            assertThat(report.failedByKind()).containsOnlyKeys(FailureKind.EARLY_EOF);
            assertThat(report.failed()).isEqualTo(REQUESTS / 2);
            assertThat(report.reopened()).isZero();
            assertThat(report.failures().getFirst().detail())
                    .contains("request 2 of its connection, generation 3 had answered the one before");
        }
    }

    @Test
    void unixSockets(@TempDir Path folder) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
        assertAllLost(run(plan(address)), FailureKind.REFUSED);
        try (ServerSocketChannel deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            deaf.bind(address, 1);
            LoadReport report = run(plan(address).keepAliveShare(0).patience(Duration.ofMillis(200)));
            assertThat(report.failedByKind()).containsEntry(FailureKind.REFUSED, REQUESTS - 2L)
                    .containsEntry(FailureKind.TIMEOUT, 2L);
        }
        assertAllLost(run(plan(address)), FailureKind.REFUSED);
    }

    @Test
    void aStallIsChargedForAllWhoWouldHaveCome() throws Exception {
        AtomicBoolean stalled = new AtomicBoolean();
        CountDownLatch over = new CountDownLatch(1);
        try (MiniServer server = MiniServer.start(connected -> {
            while (connected.readRequest()) {
                if (connected.number() == 1 && stalled.compareAndSet(false, true)) {
                    Thread.sleep(300);
                    over.countDown();
                }
                if (stalled.get()) {
                    over.await();
                }
                connected.write(MiniServer.ok(0, ""));
            }
        })) {
            LoadReport report = run(plan(server.address()).requestsPerSecond(1000).requestsAtMost(1000)
                    .keepAliveShare(1).keepAliveConnections(10));
            assertThat(report.failures()).isEmpty();
            // A closed loop over ten connections would have seen ten slow answers. More than these 200 only
            // say that this machine is busy.
            assertThat(report.latencies().getCountBetweenValues(100_000, 10_000_000)).isGreaterThan(150);
        }
    }

    @Test
    void stopEndsTheLoadAndLosesNothing() throws Exception {
        try (MiniServer server = MiniServer.wellBehaved();
                Load load = Load.start(LoadPlan.to(server.address()))) {
            while (load.answered() < 100) {
                Thread.sleep(5);
            }
            load.stop();
            LoadReport report = load.await();
            assertThat(report.failures()).isEmpty();
            assertThat(report.answered()).isEqualTo(load.answered()).isGreaterThanOrEqualTo(100);
            assertThat(load.generation()).isEqualTo(7);
        }
    }

    private static LoadPlan plan(SocketAddress target) {
        return LoadPlan.to(target).requestsPerSecond(200).requestsAtMost(REQUESTS);
    }

    private static LoadReport against(Treatment treatment) throws IOException, InterruptedException {
        try (MiniServer server = MiniServer.start(treatment)) {
            return run(plan(server.address()));
        }
    }

    private static LoadReport run(LoadPlan plan) throws IOException, InterruptedException {
        try (Load load = Load.start(plan)) {
            return load.await();
        }
    }

    private static void assertAllLost(LoadReport report, FailureKind kind) {
        assertThat(report.failures()).allSatisfy(failure -> assertThat(failure.kind()).as(failure.detail())
                .isEqualTo(kind));
        assertThat(report.failed()).isEqualTo(REQUESTS);
        assertThat(report.answered()).isZero();
    }
}
