package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.UpgradeObserver;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.libc.LinuxPosix;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/// One who asks for an upgrade and does not wait for its outcome: it goes on, and ends as it would.
class ImpatientCallerTest {
    @Test
    void anUpgradeGoesOnWithoutWhoeverAskedForIt() throws Exception {
        CompletableFuture<UpgradeResult> result = new CompletableFuture<>();
        try (Ecdysis ecdysis = new EngineBuilder(LinuxPosix::open).command(List.of("/bin/sleep", "1000"))
                .readyTimeout(Duration.ofSeconds(2)).observer(new UpgradeObserver() {
                    @Override
                    public void result(UpgradeResult outcome) {
                        result.complete(outcome);
                    }
                }).start()) {
            ecdysis.ready();
            assertThatThrownBy(() -> ecdysis.upgrade(Duration.ofMillis(1))).isInstanceOf(TimeoutException.class);
            assertThat(ecdysis.upgrade()).isInstanceOfSatisfying(UpgradeResult.Refused.class,
                    refused -> assertThat(refused.why()).contains("under way"));
            assertThat(result.get(60, TimeUnit.SECONDS)).isInstanceOfSatisfying(UpgradeResult.Failed.class,
                    failed -> assertThat(failed.reason()).contains("not ready within the time limit"));
        }
    }
}
