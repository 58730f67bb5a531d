package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A successor that was never told to serve has not been rolled back: its upgrade failed, at the cutover.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CutoverNotSentTest {
    /// More than are sent before it: what is inherited takes a message for each socket.
    private static final int MOST_SENT_BEFORE = 30;

    @TempDir
    Path folder;

    @Test
    void isAFailureAtTheCutover() throws Exception {
        UpgradeResult.Failed failed = failedWith(1);
        for (int call = 2; failed.phase() == Phase.SPAWNING || failed.phase() == Phase.INITIALISING; call++) {
            assertThat(call).isLessThan(MOST_SENT_BEFORE);
            failed = failedWith(call);
        }
        assertThat(failed.phase()).isEqualTo(Phase.CUTOVER);
        assertThat(failed.reason()).contains("could not be told");
    }

    private UpgradeResult.Failed failedWith(int call) throws Exception {
        Path own = Files.createDirectory(folder.resolve("call" + call));
        try (Laboratory laboratory = new Laboratory(own)) {
            Laboratory.Attempt attempt = laboratory.attempt(Behaviour.SERVES, new Fault("sendmsg", call), Fault.NONE);
            assertThat(attempt.injected()).isTrue();
            assertThat(attempt.result()).isInstanceOf(UpgradeResult.Failed.class);
            return (UpgradeResult.Failed) attempt.result();
        }
    }
}
