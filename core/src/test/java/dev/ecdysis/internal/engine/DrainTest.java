package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.Exit;
import dev.ecdysis.internal.posix.LinuxPosix;
import dev.ecdysis.spi.Drainable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// A drain waits for what the application says it has left, and for no longer than it may.
class DrainTest {
    private static final class Connections implements Drainable {
        private final List<String> calls = new CopyOnWriteArrayList<>();
        private volatile long remaining = 3;
        private volatile boolean broken;

        @Override
        public String name() {
            return "connections";
        }

        @Override
        public long remaining() {
            if (broken) {
                throw new IllegalStateException("on purpose");
            }
            return remaining;
        }

        @Override
        public void announce() {
            calls.add("announce");
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
            while (!connections.calls.contains("announce")) {
                Thread.onSpinWait();
            }
            assertThat(exit).isNotDone();
            assertThat(ecdysis.awaitExit(Duration.ofMillis(1))).isEmpty();
            connections.remaining = 0;
            assertThat(exit.get()).isEqualTo(new Exit.Stopped(0));
            assertThat(ecdysis.awaitExit(Duration.ZERO)).contains(new Exit.Stopped(0));
            assertThat(connections.calls).containsExactly("announce");
        }
    }

    @Test
    void theDeadlineCutsOffWhatIsLeft() throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofMillis(10))) {
            ecdysis.stop();
            assertThat(ecdysis.awaitExit()).isEqualTo(new Exit.Stopped(3));
            assertThat(connections.calls).containsExactly("announce", "cutOff");
        }
    }

    @Test
    void aSecondStopCutsOffAtOnce() throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofDays(1))) {
            ecdysis.stop();
            ecdysis.stop();
            assertThat(ecdysis.awaitExit()).isEqualTo(new Exit.Stopped(3));
        }
    }

    @Test
    void oneThatIsBrokenDoesNotKeepItUp() throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofDays(1))) {
            connections.broken = true;
            ecdysis.stop();
            assertThat(ecdysis.awaitExit()).isEqualTo(new Exit.Stopped(0));
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
