package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A successor that was never told to serve has not been rolled back: its upgrade failed, at the cutover.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CutoverNotSentTest {
    /// STREAMS is the first and the second, WELCOME the third.
    private static final Fault CUTOVER = new Fault("sendmsg", 4);

    @TempDir
    Path folder;

    @Test
    void isAFailureAtTheCutover() throws Exception {
        try (Laboratory laboratory = new Laboratory(folder)) {
            Laboratory.Attempt attempt = laboratory.attempt(Behaviour.SERVES, CUTOVER, Fault.NONE);
            assertThat(attempt.injected()).isTrue();
            assertThat(attempt.result()).isInstanceOfSatisfying(UpgradeResult.Failed.class, failed -> {
                assertThat(failed.phase()).isEqualTo(Phase.CUTOVER);
                assertThat(failed.reason()).contains("could not be told");
            });
        }
    }
}
