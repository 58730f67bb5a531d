package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Exit;
import dev.ecdysis.Phase;
import dev.ecdysis.Unix;
import dev.ecdysis.UpgradeObserver;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.spi.Exclusive;
import dev.ecdysis.spi.StepContext;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A first generation that cannot take what only one may hold has not started: it says why, and nothing more.
@Timeout(60)
class FailedStartTest {
    @TempDir
    Path folder;

    /// What another server holds.
    private static final class Taken implements Exclusive {
        @Override
        public void letGo(StepContext context) {
        }

        @Override
        public void take(StepContext context) throws Exception {
            throw new IllegalStateException("somebody else has it");
        }

        @Override
        public void takeBack(StepContext context) {
        }
    }

    private static final class Phases implements UpgradeObserver {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void phase(Phase phase, int generation, String detail) {
            lines.add(phase + " " + detail);
        }
    }

    @Test
    void announcesNothing() throws Exception {
        Phases phases = new Phases();
        Path path = folder.resolve("it.sock");
        // What observers were told has reached them once it is closed.
        try (Ecdysis ecdysis = new EngineBuilder(LinuxPosix::open).pidFile(folder.resolve("it.pid")).observer(phases)
                .start()) {
            ecdysis.listen("it", Unix.of(path)).serve(connection -> {
            });
            ecdysis.register("lock", new Taken());
            assertThatThrownBy(ecdysis::ready).isInstanceOf(EcdysisException.class)
                    .hasMessageContaining("lock").hasMessageContaining("somebody else has it");
            assertThat(ecdysis.awaitExit()).isInstanceOf(Exit.RolledBack.class);
        }
        assertThat(phases.lines).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }
}
