package dev.ecdysis.internal.accept;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GateTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Gate gate = new Gate();

    @Test
    void closingAnEmptyGateWaitsForNobody() throws Exception {
        gate.open();
        assertThat(gate.close(Duration.ZERO)).isTrue();
        assertThat(gate.isOpen()).isFalse();
    }

    @Test
    void closingWaitsForTheOneInsideAndWhoeverComesNextFindsItClosed() throws Exception {
        gate.open();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        CompletableFuture<Boolean> openAfterwards = new CompletableFuture<>();
        Thread guest = Thread.ofPlatform().start(() -> {
            gate.enter();
            inside.countDown();
            await(leave);
            gate.leave();
            gate.enter();
            openAfterwards.complete(gate.isOpen());
            gate.leave();
        });
        inside.await();
        assertThat(gate.close(Duration.ofMillis(20))).as("somebody is inside").isFalse();
        assertThat(gate.isOpen()).as("it does not open again by itself").isFalse();
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        Thread closer = Thread.ofPlatform().start(() -> closed.complete(close()));
        assertThat(closed).isNotDone();
        leave.countDown();
        assertThat(closed.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(openAfterwards.get(LONG.toSeconds(), TimeUnit.SECONDS)).isFalse();
        guest.join();
        closer.join();
    }

    private boolean close() {
        try {
            return gate.close(LONG);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
