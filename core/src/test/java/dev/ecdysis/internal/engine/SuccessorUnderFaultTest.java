package dev.ecdysis.internal.engine;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The calls of the successor fail, one in each upgrade.
@Tag("slow")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class SuccessorUnderFaultTest {
    @TempDir
    Path folder;

    @Test
    void someCallsFail() throws Exception {
        run(FaultRuns.Amount.SOME);
    }

    @Tag("soak")
    @Test
    void everyCallFails() throws Exception {
        run(FaultRuns.Amount.ALL);
    }

    private void run(FaultRuns.Amount amount) throws Exception {
        FaultRuns.run(folder, FaultRuns.Side.SUCCESSOR, Asking.APPLICATION, Behaviour.SERVES, amount);
    }
}
