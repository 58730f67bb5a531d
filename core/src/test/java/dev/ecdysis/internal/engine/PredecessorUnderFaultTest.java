package dev.ecdysis.internal.engine;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The calls of the predecessor fail, one in each upgrade.
@Tag("slow")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class PredecessorUnderFaultTest {
    @TempDir
    Path folder;

    /// Most calls are the same whoever asks: those that answer a client are tried once.
    @ParameterizedTest
    @EnumSource
    void someCallsFail(Behaviour behaviour) throws Exception {
        run(behaviour == Behaviour.SERVES ? Asking.CLIENT : Asking.APPLICATION, behaviour, FaultRuns.Amount.SOME);
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource
    void everyCallFails(Behaviour behaviour) throws Exception {
        run(Asking.APPLICATION, behaviour, FaultRuns.Amount.ALL);
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource
    void everyCallFailsWhenAClientAsks(Behaviour behaviour) throws Exception {
        run(Asking.CLIENT, behaviour, FaultRuns.Amount.ALL);
    }

    private void run(Asking asking, Behaviour behaviour, FaultRuns.Amount amount) throws Exception {
        FaultRuns.run(folder, FaultRuns.Side.PREDECESSOR, asking, behaviour, amount);
    }
}
