package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.it.program.Program;
import dev.ecdysis.status.UpgradeStatus;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Busy is not hung: whatever a new version does with its processors and threads, it is kept as long as it accepts and
/// says that it is well.
@Tag("slow")
class BusySuccessorTest {
    private static final List<String> ONE_CARRIER = List.of("-Djdk.virtualThreadScheduler.parallelism=1",
            "-Djdk.virtualThreadScheduler.maxPoolSize=1", "-XX:ActiveProcessorCount=1");
    private static final Duration SILENCE = Duration.ofSeconds(2);
    private static final int CLIENTS = 30;

    @RegisterExtension
    final Servers servers = new Servers();

    /// From before it is ready until it has been committed no virtual thread gets to run, or no task of the common pool.
    @ParameterizedTest
    @ValueSource(strings = {"spins", "pins", "fills-pool"})
    void isKeptWhenItsApplicationKeepsAllThreadsThatItDoesNotOwn(String how) throws Exception {
        Chain chain = start(how, "probation=1000");
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            Upgrading upgrading = chain.startUpgrade();
            chain.output().await(0, "^seized by " + how + " pid=");
            UpgradeResult.Committed committed = upgrading.await(UpgradeResult.Committed.class);
            letGo(chain);
            traffic.awaitGeneration(1);
            chain.assertServesAlone(committed.pid());
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        chain.assertEnds();
    }

    /// Its handlers and the health check are all that it does with its threads; without one nothing is asked of them.
    @Test
    void isKeptWithoutAHealthCheckToo() throws Exception {
        Chain chain = start("spins", "probation=1000", "no-health-check=yes");
        UpgradeResult.Committed committed = chain.startUpgrade().await(UpgradeResult.Committed.class);
        assertThat(chain.output().find(0, "^health check ")).isEmpty();
        letGo(chain);
        chain.assertServesAlone(committed.pid());
        chain.assertEnds();
    }

    /// Cold, on one processor that both processes share, which could serve a tenth of its clients without a queue.
    @Test
    void isKeptOnAnOverloadedProcessorAndLosesNothing() throws Exception {
        List<String> taskset = List.of("taskset", "-c", firstProcessor());
        Assumptions.assumeTrue(Processes.succeeds(taskset, "true"), "no taskset here (util-linux)");
        List<String> command = new ArrayList<>(taskset);
        command.addAll(Launch.bareProgram(Launch.JAVA, options(), "work=20", "silence=" + SILENCE.toMillis(),
                "probation=1000").command());
        Chain chain = servers.start(new Launch(command, Map.of()));
        AtomicInteger answered = new AtomicInteger();
        List<CompletableFuture<Boolean>> clients = new ArrayList<>();
        UpgradeResult.Committed committed;
        try (Stop stop = new Stop()) {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(client(chain.address(), stop, answered));
            }
            Await.until("it is busy", () -> answered.get() > CLIENTS);
            committed = chain.startUpgrade().await(UpgradeResult.Committed.class);
            int before = answered.get();
            Await.until("it serves on", () -> answered.get() > before + CLIENTS);
        }
        for (CompletableFuture<Boolean> client : clients) {
            assertThat(client.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        chain.assertServesAlone(committed.pid());
        chain.assertEnds();
    }

    /// A check that takes its time is waited for, longer than silence may last and beyond the time of probation.
    @Test
    void isNotCommittedBeforeItsHealthCheckHasAnswered() throws Exception {
        Chain chain = servers.start(Launch.program("silence=500", "probation=0"));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            Upgrading upgrading;
            try (Gate health = chain.hold("health")) {
                upgrading = chain.startUpgrade();
                health.arrived();
                traffic.awaitGeneration(1);
                long held = System.nanoTime();
                Await.until("silence would have lasted long enough",
                        () -> System.nanoTime() - held > 3 * Duration.ofMillis(500).toNanos());
                assertThat(upgrading.isOver()).isFalse();
                assertThat(chain.status().upgrade()).map(UpgradeStatus::phase).contains(Phase.PROBATION);
            }
            upgrading.await(UpgradeResult.Committed.class);
            traffic.assertNothingLost();
        }
        chain.assertEnds();
    }

    /// It has a limit of its own, and what is said is what was wrong. The connections that it has are finished.
    @Test
    void isRolledBackByNameWhenItsHealthCheckHangs() throws Exception {
        Chain chain = servers.start(Launch.program("silence=500", "probation=0", "health=1500"));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            try (Gate health = chain.hold("health")) {
                Upgrading upgrading = chain.startUpgrade();
                health.arrived();
                traffic.awaitGeneration(1);
                UpgradeResult.RolledBack back = upgrading.await(UpgradeResult.RolledBack.class);
                assertThat(back.reason()).contains("the health check did not answer within 1500 ms");
            }
            traffic.awaitGeneration(0);
            chain.assertServesAlone(chain.first().pid());
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        chain.assertUpgradesAndEnds();
    }

    private Chain start(String how, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("silence=" + SILENCE.toMillis());
        all.add("seize-file=@/../seize");
        Chain chain = servers.start(Launch.bareProgram(Launch.JAVA, options(), all.toArray(String[]::new)));
        Files.writeString(chain.folder().resolve("seize"), how);
        return chain;
    }

    private static List<String> options() {
        List<String> options = new ArrayList<>(ONE_CARRIER);
        options.addAll(Launch.ACCESS);
        options.addAll(List.of("-cp", Launch.classPath(), Program.class.getName()));
        return options;
    }

    private static void letGo(Chain chain) throws IOException {
        Files.createFile(chain.folder().resolve("gates").resolve("let-threads-go"));
    }

    /// One that this process may use.
    private static String firstProcessor() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:")).findFirst().orElseThrow()
                .replaceAll("^\\D*(\\d+).*$", "$1");
    }

    /// Asks again and again, over a new connection each time, and ends with an exception when it is not answered.
    private static CompletableFuture<Boolean> client(SocketAddress address, Stop stop, AtomicInteger answered) {
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("client").start(() -> {
            try {
                while (!stop.asked) {
                    assertThat(Client.get(address, "/")).startsWith("generation ");
                    answered.incrementAndGet();
                }
                end.complete(true);
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        });
        return end;
    }

    /// Tells the clients, also when the test fails.
    private static final class Stop implements AutoCloseable {
        private volatile boolean asked;

        @Override
        public void close() {
            asked = true;
        }
    }
}
