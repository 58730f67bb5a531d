package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A predecessor that stands still for a second, as under memory pressure or in a snapshot of the machine,
/// delays the upgrade at any phase and loses nothing. It must not conclude from its own absence that the
/// other side was silent.
@Tag("slow")
class StoppedPredecessorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration STOPPED = Duration.ofSeconds(1);
    /// Much longer than a beat may be late on a busy machine.
    private static final Duration SILENT = Duration.ofMillis(2500);

    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void forOneSecondAtEachPhase() throws Exception {
        Chain chain = servers.start(Launch.program("exclusive=yes", "silence=8000", "probation=1000"));
        try (Traffic traffic = Traffic.withPatience(PATIENCE, List.of(chain.address()));
                PidFileWatch pidFile = new PidFileWatch(chain.pidFile())) {
            traffic.awaitGeneration(0);
            int generation = 0;
            for (String point : List.of("spawning", "initialising", "let-go", "take", "serving")) {
                generation++;
                stopPredecessorAt(chain, point, generation);
                traffic.awaitGeneration(generation);
                chain.assertServesAlone();
                assertThat(chain.status().generation()).as("after " + point).isEqualTo(generation);
            }
            traffic.assertNothingLost();
            pidFile.assertNeverWrong();
        }
        chain.assertUpgradesAndEnds();
    }

    /// A jar that is a FIFO keeps it there, and is no jar in the end.
    @Test
    void forOneSecondBeforeItStartsASuccessor(@TempDir Path folder) throws Exception {
        Path jar = Files.copy(Path.of(System.getProperty("ecdysis.examples.jar")), folder.resolve("more.jar"));
        Chain chain = servers.start(
                Launch.program(Launch.JAVA, List.of("-cp", Launch.classPath() + File.pathSeparator + jar)));
        long first = chain.first().pid();
        try (Traffic traffic = Traffic.withPatience(PATIENCE, List.of(chain.address()))) {
            traffic.awaitGeneration(0);
            chain.awaitRehearsed();
            // Moved, so that the running process keeps its own.
            Path whole = Files.move(jar, folder.resolve("whole.jar"));
            assertThat(new ProcessBuilder("mkfifo", jar.toString()).inheritIO().start().waitFor()).isZero();
            Upgrading upgrading = chain.startUpgrade();
            chain.output().await(0, "^phase PREFLIGHT generation=1 pid=" + first);
            Processes.stop(first);
            Thread.sleep(STOPPED);
            assertThat(upgrading.isOver()).isFalse();
            Processes.signal(first, Processes.CONT);
            traffic.awaitAnswers(10);
            // Which waits until it is read, and never returns if it is not.
            CompletableFuture.runAsync(() -> writeNothing(jar)).get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(upgrading.await(UpgradeResult.Refused.class).why()).contains("incomplete or damaged");
            Files.move(whole, jar, StandardCopyOption.REPLACE_EXISTING);
            traffic.assertAllAnsweredBy(0);
        }
        chain.assertUpgradesAndEnds();
    }

    private static void writeNothing(Path fifo) {
        try {
            Files.newOutputStream(fifo).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// As in a snapshot of the machine: both stand still for longer than one may be silent, and the successor's next beat
    /// comes after the predecessor has gone on. Only patience that is extended by that time lasts.
    @Test
    void forLongerThanItsSuccessorMayBeSilentAndThatToo() throws Exception {
        Chain chain = servers.start(Launch.program("silence=" + SILENT.toMillis(), "probation=1000"));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            int generation = 0;
            for (String point : List.of("health", "serving")) {
                generation++;
                Upgrading upgrading = stopBothAt(chain, point, generation);
                upgrading.await(UpgradeResult.Committed.class);
                traffic.awaitGeneration(generation);
                chain.assertServesAlone();
            }
            traffic.assertNothingLost();
        }
        chain.assertUpgradesAndEnds();
    }

    private static Upgrading stopBothAt(Chain chain, String point, int generation) throws Exception {
        long predecessor = chain.status().pid();
        Upgrading upgrading;
        long successor;
        try (Gate gate = chain.hold(point)) {
            upgrading = chain.startUpgrade();
            awaitPoint(chain, gate, point, generation);
            successor = chain.processes().stream().filter(pid -> pid != predecessor).findFirst().orElseThrow();
            Processes.stop(successor);
            Processes.stop(predecessor);
        }
        Thread.sleep(SILENT.plusMillis(500));
        Processes.signal(predecessor, Processes.CONT);
        Processes.signal(successor, Processes.CONT);
        return upgrading;
    }

    /// Whom it still serves waits a little, and is answered.
    @Test
    void forOneSecondWhileItDrains() throws Exception {
        Chain chain = servers.start(Launch.program());
        long first = chain.first().pid();
        try (Client kept = Client.keptBy(0, chain.address());
                Traffic traffic = Traffic.withPatience(PATIENCE, List.of(chain.address()))) {
            traffic.awaitGeneration(0);
            long successor = chain.startUpgrade().await(UpgradeResult.Committed.class).pid();
            // Those of the traffic end as they are answered; the next ones go to the successor, which need not wait.
            chain.awaitDraining(first, 1);
            traffic.awaitGeneration(1);
            Processes.stop(first);
            kept.ask("/", "");
            long asked = System.nanoTime();
            Thread.sleep(STOPPED);
            Processes.signal(first, Processes.CONT);
            assertThat(kept.readToEnd()).contains("Connection: close").contains("generation 0");
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(PATIENCE);
            assertThat(chain.first().waitFor()).isZero();
            chain.assertServesAlone(successor);
            traffic.assertNothingLost();
        }
        chain.assertUpgradesAndEnds();
    }

    private static void stopPredecessorAt(Chain chain, String point, int generation) throws Exception {
        long predecessor = chain.status().pid();
        Upgrading upgrading;
        try (Gate gate = chain.hold(point)) {
            upgrading = chain.startUpgrade();
            awaitPoint(chain, gate, point, generation);
            Processes.stop(predecessor);
        }
        Thread.sleep(STOPPED);
        Processes.signal(predecessor, Processes.CONT);
        upgrading.await(UpgradeResult.Committed.class);
    }

    private static void awaitPoint(Chain chain, Gate gate, String point, int generation) throws Exception {
        if (point.equals("serving")) {
            chain.output().await(0, "^serving generation=" + generation);
        } else {
            gate.arrived();
        }
    }
}
