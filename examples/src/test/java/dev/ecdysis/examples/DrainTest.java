package dev.ecdysis.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DrainTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final Duration GRACE = Duration.ofHours(1);
    private static final long LATE = Duration.ofHours(2).toNanos();

    private final HttpService service = new HttpService(0, 1, GRACE, new Traffic(false));

    private Loopback connect() throws IOException {
        return Loopback.connect(service.handler(true));
    }

    @Test
    void aRequestDuringTheDrainIsTheLast() throws IOException {
        try (Loopback connection = connect()) {
            assertThat(connection.send(GET).readResponse()).doesNotContain("Connection: close");
            service.announce();
            assertThat(connection.send(GET).readAll()).contains(" 200 ", "Connection: close");
        }
    }

    @Test
    void aRequestUnderWayIsTheLast() throws IOException {
        try (Loopback connection = connect()) {
            connection.send("GET /slow?ms=1000 HTTP/1.1\r\nHost: h\r\n\r\n");
            awaitConnections(1, 0);
            service.announce();
            service.closer().sweep(LATE);
            assertThat(connection.readAll()).startsWith("HTTP/1.1 200 ").contains("Connection: close");
        }
    }

    @Test
    void pipelinedRequestsAreAllAnswered() throws IOException {
        service.announce();
        try (Loopback connection = connect()) {
            String responses = connection.send(GET.repeat(3)).readAll();
            assertThat(responses.split("HTTP/1.1 200 OK", -1)).hasSize(4);
            assertThat(responses.split("Connection: close", -1)).hasSize(2);
        }
    }

    @Test
    void idleConnectionsAreLeftOpenDuringTheGrace() throws IOException {
        try (Loopback connection = connect()) {
            connection.send(GET).readResponse();
            service.announce();
            service.closer().sweep(GRACE.toNanos() - 1);
            assertThat(connection.send(GET).readAll()).contains(" 200 ");
        }
    }

    @Test
    void idleConnectionsAreClosedAfterTheGrace() throws IOException, InterruptedException {
        try (Loopback used = connect(); Loopback fresh = connect()) {
            used.send(GET).readResponse();
            service.announce();
            awaitConnections(2, 2);
            service.closer().sweep(LATE);
            assertThat(used.readAll()).isEmpty();
            assertThat(fresh.readAll()).isEmpty();
            assertThat(used.endsWithin(5000)).isTrue();
            assertThat(fresh.endsWithin(5000)).isTrue();
            assertThat(service.closer().size()).isZero();
        }
    }

    @Test
    void oneThatComesLateIsClosedAsWell() throws Exception {
        HttpService hasty = new HttpService(0, 1, Duration.ofMillis(1), new Traffic(false));
        hasty.announce();
        for (int i = 0; i < 2; i++) { // nothing is left when the second comes
            try (Loopback connection = Loopback.connect(hasty.handler(true))) {
                assertThat(connection.readAll()).isEmpty();
            }
        }
    }

    @Test
    void theCloserSleepsUntilATurnComes() throws IOException {
        assertThat(service.closer().sweep(0)).isEqualTo(Duration.ofDays(1).toNanos());
        try (Loopback connection = connect()) {
            connection.send(GET).readResponse();
            assertThat(service.closer().sweep(0)).isBetween(GRACE.toNanos(), GRACE.toNanos() * 3 / 2);
        }
    }

    /// @param idle how many of them wait for a request: the others have begun one
    private void awaitConnections(int count, int idle) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1))
                .until(() -> service.closer().size() == count && service.closer().idle() == idle);
    }

    @Test
    void aRequestThatHasBegunIsNotClosed() throws IOException {
        service.announce();
        try (Loopback connection = connect()) {
            connection.send("GET / HTTP");
            awaitConnections(1, 0);
            service.closer().sweep(LATE);
            assertThat(connection.send("/1.1\r\nHost: h\r\n\r\n").readAll()).contains(" 200 ");
        }
    }

    /// The request is in the socket's buffer before the closer looks, and its thread is just about to wake.
    @Test
    void aRequestAtTheVeryMomentIsAnswered() throws Exception {
        service.announce();
        for (int round = 0; round < 300; round++) {
            try (Loopback connection = connect()) {
                awaitConnections(1, 1);
                CountDownLatch sent = new CountDownLatch(1);
                Thread closer = Thread.ofPlatform().start(() -> {
                    try {
                        sent.await();
                        service.closer().sweep(LATE);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                connection.send(GET);
                sent.countDown();
                assertThat(connection.readAll()).as("round %d", round).contains(" 200 ");
                closer.join();
            }
        }
    }
}
