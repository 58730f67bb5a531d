package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What a process is, and knows of its predecessor, before it counts as much and after.
@Tag("slow")
class TakingOverTest {
    private static final int FIRST_TO_GO = 1000;

    @RegisterExtension
    final Servers servers = new Servers();

    private static int outOfMemoryScore(long pid) throws IOException {
        return Integer.parseInt(Files.readString(Path.of("/proc/" + pid + "/oom_score_adj")).strip());
    }

    /// When memory runs out, the newcomer goes rather than the server.
    @Test
    void aSuccessorIsFirstInLineForTheOutOfMemoryKillerUntilItIsTheOwner() throws Exception {
        Chain chain = servers.start(Launch.program());
        // As in a container, where each process has one already; raising it needs no privilege.
        int usual = Math.min(FIRST_TO_GO - 1, outOfMemoryScore(chain.first().pid()) + 321);
        Files.writeString(Path.of("/proc/" + chain.first().pid() + "/oom_score_adj"), Integer.toString(usual));
        long successor;
        Upgrading upgrading;
        try (Gate gate = chain.hold("initialising")) {
            upgrading = chain.startUpgrade();
            successor = gate.arrived();
            assertThat(outOfMemoryScore(successor)).isEqualTo(FIRST_TO_GO);
            assertThat(outOfMemoryScore(chain.first().pid())).isEqualTo(usual);
        }
        upgrading.await(UpgradeResult.Committed.class);
        Await.until("it counts as much as its predecessor did", () -> outOfMemoryScore(successor) == usual);
        chain.assertUpgradesAndEnds();
    }

    @Test
    void aSuccessorCanWaitForTheEndOfItsPredecessor() throws Exception {
        Chain chain = servers.start(Launch.program("awaits-predecessor=" + Await.LIMIT.toMillis()));
        String first = "^predecessor of generation 1 first gone=(.*)";
        String then = "^predecessor of generation 1 then gone=(.*)";
        try (Client idle = Client.connect(chain.address())) {
            idle.ask("/", "");
            assertThat(idle.read()).contains("generation 0");
            chain.startUpgrade().await(UpgradeResult.Committed.class);
            assertThat(chain.output().await(0, first).group(1)).isEqualTo("false");
            assertThat(chain.output().find(0, then)).as("it waits").isEmpty();
        }
        assertThat(chain.output().await(0, then).group(1)).isEqualTo("true");
        assertThat(Processes.isAlive(chain.first().pid())).isFalse();
        assertThat(chain.output().await(0, first.replace("1", "0")).group(1)).as("there was none").isEqualTo("true");
        chain.assertUpgradesAndEnds();
    }
}
