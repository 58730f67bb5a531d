package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.status.DrainingStatus;
import dev.ecdysis.status.ServerStatus;
import dev.ecdysis.status.UpgradeStatus;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The status names whoever has not ended, whichever generation is asked.
@Tag("slow")
class StatusTest {
    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void namesEveryOlderGenerationAlsoOnProbation() throws Exception {
        Chain chain = servers.start(Launch.program());
        long first = chain.first().pid();
        try (Client ofTheFirst = Client.keptBy(0, chain.address())) {
            long second = chain.startUpgrade().await(UpgradeResult.Committed.class).pid();
            chain.awaitDraining(first, 1);
            try (Client ofTheSecond = Client.keptBy(1, chain.address())) {
                Upgrading upgrading;
                try (Gate health = chain.hold("health")) {
                    upgrading = chain.startUpgrade();
                    long third = health.arrived();
                    Await.until("the third generation knows what the others wait for", () -> chain.status()
                            .draining().stream().filter(older -> older.connections() == 1).count() == 2);
                    ServerStatus status = chain.status();
                    assertThat(status.pid()).isEqualTo(third);
                    assertThat(status.upgrade()).map(UpgradeStatus::phase).contains(Phase.PROBATION);
                    List<DrainingStatus> older = status.draining();
                    assertThat(older).extracting(DrainingStatus::pid).containsExactly(second, first);
                    assertThat(older.get(0).waitsFor()).containsExactly("the end of its successor's probation",
                            "listener-0: 1");
                    assertThat(older.get(1).waitsFor()).containsExactly("listener-0: 1");
                }
                upgrading.await(UpgradeResult.Committed.class);
                Await.until("both drain", () -> chain.status().draining().stream()
                        .map(DrainingStatus::pid).toList().equals(List.of(second, first)));
                end(ofTheSecond, 1);
            }
            end(ofTheFirst, 0);
        }
        chain.assertUpgradesAndEnds();
    }

    /// The last answer says that it is the last.
    private static void end(Client kept, int generation) throws IOException {
        kept.ask("/", "");
        assertThat(Client.generation(kept.readToEnd())).isEqualTo(generation);
    }
}
