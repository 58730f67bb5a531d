package dev.ecdysis.internal.engine;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// The calls of the predecessor fail, one in each upgrade to a version that is no good.
@Tag("slow")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class GivingUpUnderFaultTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "SERVES")
    void someCallsFail(Behaviour behaviour) throws Exception {
        run(Asking.APPLICATION, behaviour, FaultRuns.Amount.SOME);
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "SERVES")
    void everyCallFails(Behaviour behaviour) throws Exception {
        run(Asking.APPLICATION, behaviour, FaultRuns.Amount.ALL);
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "SERVES")
    void everyCallFailsWhenAClientAsks(Behaviour behaviour) throws Exception {
        run(Asking.CLIENT, behaviour, FaultRuns.Amount.ALL);
    }

    private void run(Asking asking, Behaviour behaviour, FaultRuns.Amount amount) throws Exception {
        FaultRuns.run(folder, FaultRuns.Side.PREDECESSOR, asking, behaviour, amount);
    }
}
