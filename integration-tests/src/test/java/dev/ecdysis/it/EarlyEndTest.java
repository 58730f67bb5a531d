package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A new version whose main returns before it is ready is given up, whatever it leaves running, and nothing is lost.
@Tag("slow")
class EarlyEndTest {
    private static final int KILLED = 128 + 9;

    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void ofMainWithoutBeingReady() throws Exception {
        Chain chain = servers.start(Launch.program("early-end-file=@/../early-end", "ready=10000"));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            // Nothing of the library's own keeps a JVM up.
            UpgradeResult.Failed failed = upgradeTo(chain, "returns");
            assertThat(failed.reason()).contains("ended before it was ready");
            assertThat(failed.exitStatus()).hasValue(0);

            failed = upgradeTo(chain, "stays");
            assertThat(failed.reason()).contains("not ready within the time limit");
            assertThat(failed.exitStatus()).hasValue(KILLED);

            failed = upgradeTo(chain, "closes but stays");
            assertThat(failed.reason()).contains("closed its connection");
            assertThat(failed.exitStatus()).hasValue(KILLED);

            traffic.awaitAnswers(10);
            traffic.assertAllAnsweredBy(0);
        }
        Files.delete(chain.folder().resolve("early-end"));
        chain.assertUpgradesAndEnds();
    }

    private static UpgradeResult.Failed upgradeTo(Chain chain, String how) throws Exception {
        Files.writeString(chain.folder().resolve("early-end"), how);
        int mark = chain.output().mark();
        UpgradeResult.Failed failed = chain.startUpgrade().await(UpgradeResult.Failed.class);
        assertThat(chain.output().find(mark, "^main returns ")).isPresent();
        assertThat(failed.phase()).isEqualTo(Phase.INITIALISING);
        chain.assertServesAlone(chain.first().pid());
        return failed;
    }
}
