package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.Exit;
import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.InterceptedPosix;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.status.ServerState;
import dev.ecdysis.status.ServerStatus;
import dev.ecdysis.status.UpgradeStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program's file system hangs, so that posix_spawn does not return.
class HangingSpawnTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Posix REAL = LinuxPosix.open();

    @TempDir
    Path folder;

    private final CountDownLatch spawning = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final long before = ProcessHandle.current().children().count();

    private Ecdysis start(Duration readyTimeout) throws Exception {
        Posix posix = InterceptedPosix.by((proxy, method, arguments) -> {
            if (method.getName().equals("spawn")) {
                spawning.countDown();
                goOn.await();
            }
            return InterceptedPosix.call(REAL, method, arguments);
        });
        Ecdysis ecdysis = new EngineBuilder(() -> posix).controlSocket(control()).readyTimeout(readyTimeout)
                .command(List.of("sleep", "1000")).start();
        ecdysis.ready();
        return ecdysis;
    }

    private Path control() {
        return folder.resolve("control.sock");
    }

    private ServerStatus status() throws IOException {
        try (ControlClient client = ControlClient.connect(control(), LONG)) {
            return client.status();
        }
    }

    private static CompletableFuture<UpgradeResult> upgrade(Ecdysis ecdysis) {
        CompletableFuture<UpgradeResult> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                result.complete(ecdysis.upgrade());
            } catch (InterruptedException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private void awaitSpawning() throws InterruptedException {
        assertThat(spawning.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void whatStartsLateIsKilled() {
        goOn.countDown();
        Awaitility.await().atMost(LONG).until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("ecdysis-spawn")));
        Awaitility.await().atMost(LONG).until(() -> ProcessHandle.current().children().count() == before);
    }

    @Test
    void theServerAnswersAndTheUpgradeFailsInTime() throws Exception {
        try (Ecdysis ecdysis = start(Duration.ofSeconds(2))) {
            CompletableFuture<UpgradeResult> upgrade = upgrade(ecdysis);
            awaitSpawning();
            assertThat(status().upgrade()).map(UpgradeStatus::phase).contains(Phase.SPAWNING);
            UpgradeResult result = upgrade.get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(result).isInstanceOfSatisfying(UpgradeResult.Failed.class, failed -> assertThat(failed.reason())
                    .isEqualTo("the new process was not ready within the time limit"));
            assertThat(status().state()).isEqualTo(ServerState.RUNNING);
            goOn.countDown();
            whatStartsLateIsKilled();
        }
    }

    @Test
    void theServerStops() throws Exception {
        try (Ecdysis ecdysis = start(LONG)) {
            CompletableFuture<UpgradeResult> upgrade = upgrade(ecdysis);
            awaitSpawning();
            ecdysis.stop();
            assertThat(ecdysis.awaitExit(LONG)).hasValueSatisfying(
                    exit -> assertThat(exit).isInstanceOf(Exit.Stopped.class));
            assertThat(upgrade.get(LONG.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(UpgradeResult.Failed.class);
            goOn.countDown();
            whatStartsLateIsKilled();
        }
    }
}
