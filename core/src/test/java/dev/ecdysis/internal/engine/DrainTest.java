package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.Exit;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.spi.DrainContext;
import dev.ecdysis.spi.Drainable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A drain waits for what the application says it has left, and for no longer than it may.
class DrainTest {
    private static final class Connections implements Drainable {
        private final List<String> calls = new CopyOnWriteArrayList<>();
        private volatile long remaining = 3;
        private volatile boolean broken;
        private volatile String hangs = "";
        private volatile boolean signals;
        private final AtomicInteger questions = new AtomicInteger();
        private final CompletableFuture<DrainContext> context = new CompletableFuture<>();
        private final Semaphore asked = new Semaphore(0);
        private final CountDownLatch goOn = new CountDownLatch(1);

        @Override
        public String name() {
            return "connections";
        }

        private void mayHang(String call) {
            if (call.equals(hangs)) {
                asked.release();
                boolean waiting = true;
                while (waiting) { // also when it is interrupted
                    try {
                        goOn.await();
                        waiting = false;
                    } catch (InterruptedException e) {
                        calls.add("interrupted");
                    }
                }
            }
        }

        @Override
        public boolean signals() {
            return signals;
        }

        @Override
        public long remaining() {
            questions.incrementAndGet();
            mayHang("remaining");
            if (broken) {
                throw new IllegalStateException("on purpose");
            }
            return remaining;
        }

        @Override
        public void drain(DrainContext given) {
            calls.add("drain");
            context.complete(given);
            mayHang("drain");
            if (broken) {
                throw new IllegalStateException("on purpose");
            }
        }

        @Override
        public void cutOff() {
            calls.add("cutOff");
            mayHang("cutOff");
            remaining = 0;
        }
    }

    private final Connections connections = new Connections();

    private Ecdysis start(Duration deadline) throws Exception {
        Ecdysis ecdysis = new EngineBuilder(LinuxPosix::open).drainDeadline(deadline).start();
        ecdysis.register(connections);
        ecdysis.ready();
        return ecdysis;
    }

    private static CompletableFuture<Exit> exit(Ecdysis ecdysis) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return ecdysis.awaitExit();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void itEndsWithTheLastConnection() throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofDays(1))) {
            CompletableFuture<Exit> exit = exit(ecdysis);
            ecdysis.stop();
            while (!connections.calls.contains("drain")) {
                Thread.onSpinWait();
            }
            assertThat(exit).isNotDone();
            assertThat(ecdysis.awaitExit(Duration.ofMillis(1))).isEmpty();
            connections.remaining = 0;
            assertThat(exit.get()).isEqualTo(new Exit.Stopped(0));
            assertThat(ecdysis.awaitExit(Duration.ZERO)).contains(new Exit.Stopped(0));
            assertThat(connections.calls).containsExactly("drain");
        }
    }

    @Test
    void theDeadlineCutsOffWhatIsLeft() throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofMillis(10))) {
            ecdysis.stop();
            assertThat(ecdysis.awaitExit()).isEqualTo(new Exit.Stopped(3));
            assertThat(connections.calls).containsExactly("drain", "cutOff");
        }
    }

    @Test
    void aSecondStopCutsOffAtOnce() throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofDays(1))) {
            assertThat(stopUntilItEnds(ecdysis)).isEqualTo(new Exit.Stopped(3));
        }
    }

    /// As one from a shutdown hook and one from a container of beans do.
    @Test
    void theSameStopOnceMoreDoesNot() throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofDays(1))) {
            long first = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                ecdysis.stop();
            }
            Optional<Exit> exit = ecdysis.awaitExit(Duration.ofMillis(50));
            if (System.nanoTime() - first < Duration.ofSeconds(1).toNanos()) {
                assertThat(exit).isEmpty();
            }
            connections.remaining = 0;
            assertThat(ecdysis.awaitExit()).isEqualTo(new Exit.Stopped(0));
        }
    }

    /// What only repeats the first is no second one.
    private static Exit stopUntilItEnds(Ecdysis ecdysis) throws InterruptedException {
        Optional<Exit> exit = Optional.empty();
        while (exit.isEmpty()) {
            ecdysis.stop();
            exit = ecdysis.awaitExit(Duration.ofMillis(100));
        }
        return exit.get();
    }

    @Test
    void oneThatIsBrokenDoesNotKeepItUp() throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofDays(1))) {
            connections.broken = true;
            ecdysis.stop();
            assertThat(ecdysis.awaitExit()).isEqualTo(new Exit.Stopped(0));
        }
    }

    /// Neither the deadline nor a second stop waits for the application.
    @ParameterizedTest
    @ValueSource(strings = {"remaining", "drain", "cutOff"})
    void oneThatHangsDoesNotKeepItUp(String call) throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofDays(1))) {
            connections.hangs = call;
            assertThat(stopUntilItEnds(ecdysis)).isInstanceOf(Exit.Stopped.class);
        } finally {
            connections.goOn.countDown();
        }
    }

    @Test
    void whileItDoesNotAnswerNothingIsOver() throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofDays(1))) {
            connections.remaining = 0;
            connections.hangs = "remaining";
            CompletableFuture<Exit> exit = exit(ecdysis);
            ecdysis.stop();
            assertThat(connections.asked.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            // Long enough for the next look, which must not take silence for an answer.
            assertThat(ecdysis.awaitExit(Duration.ofMillis(2_500))).isEmpty();
            connections.goOn.countDown();
            assertThat(exit.get()).isEqualTo(new Exit.Stopped(0));
        }
    }

    @Test
    void oneThatSignalsIsAskedThenAndNotOtherwise() throws Exception {
        connections.signals = true;
        try (Ecdysis ecdysis = start(Duration.ofDays(1))) {
            ecdysis.stop();
            DrainContext context = connections.context.get();
            assertThat(ecdysis.awaitExit(Duration.ofMillis(100))).isEmpty();
            int questions = connections.questions.get();
            assertThat(ecdysis.awaitExit(Duration.ofMillis(2_500))).isEmpty();
            assertThat(connections.questions).hasValue(questions);
            connections.remaining = 0;
            context.changed();
            assertThat(ecdysis.awaitExit()).isEqualTo(new Exit.Stopped(0));
        }
    }

    @Test
    void oneThatCannotSignalIsAskedOnceASecond() throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofDays(1))) {
            long begun = System.nanoTime();
            ecdysis.stop();
            assertThat(ecdysis.awaitExit(Duration.ofMillis(2_500))).isEmpty();
            int questions = connections.questions.get();
            int atItsBeginning = 3;
            assertThat(questions).isBetween(2,
                    atItsBeginning + (int) Duration.ofNanos(System.nanoTime() - begun).toSeconds());
        }
    }

    @Test
    void itKnowsHowLongItHas() throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofDays(1))) {
            ecdysis.stop();
            DrainContext context = connections.context.get();
            assertThat(context.timeLeft()).isPositive().isLessThanOrEqualTo(Duration.ofDays(1));
            assertThat(stopUntilItEnds(ecdysis)).isEqualTo(new Exit.Stopped(3));
            assertThat(context.timeLeft()).isZero();
            context.changed(); // too late, and harmless
        }
    }

    @Test
    void oneThatComesLateIsToldAsWell() throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofDays(1))) {
            ecdysis.stop();
            connections.context.get();
            Connections late = new Connections();
            ecdysis.register(late);
            assertThat(late.context.get(60, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void closingWithoutWaitingLeavesNobodyWaiting() throws Exception {
        CompletableFuture<Exit> exit;
        try (Ecdysis ecdysis = start(Duration.ofDays(1))) {
            exit = exit(ecdysis);
            ecdysis.stop();
        }
        assertThat(exit.get()).isInstanceOf(Exit.Stopped.class);
    }
}
