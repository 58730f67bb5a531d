package dev.ecdysis.internal.engine;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The calls of the predecessor fail, one in each upgrade to a version that serves.
@Tag("slow")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class PredecessorUnderFaultTest {
    @TempDir
    Path folder;

    /// Most calls are the same whoever asks: those that answer a client are tried here, and nowhere else in an ordinary
    /// run.
    @Test
    void someCallsFail() throws Exception {
        run(Asking.CLIENT, FaultRuns.Amount.SOME);
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource
    void everyCallFails(Asking asking) throws Exception {
        run(asking, FaultRuns.Amount.ALL);
    }

    private void run(Asking asking, FaultRuns.Amount amount) throws Exception {
        FaultRuns.run(folder, FaultRuns.Side.PREDECESSOR, asking, Behaviour.SERVES, amount);
    }
}
