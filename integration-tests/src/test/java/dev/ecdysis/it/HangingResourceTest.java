package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What only one may hold, and cannot be let go of or taken: the upgrade is given up after the time limit, clients wait no
/// longer than that, and the next upgrade succeeds.
@Tag("slow")
class HangingResourceTest {
    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void thatThePredecessorDoesNotLetGo() throws Exception {
        Chain chain = servers.start(Launch.program("exclusive=yes", "handover=500"));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            try (Gate letGo = chain.hold("let-go")) {
                Upgrading upgrading = chain.startUpgrade();
                letGo.arrived();
                assertThat(upgrading.await(UpgradeResult.Failed.class).reason())
                        .contains("release of resource resource took longer than 500 ms");
            }
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        chain.assertServesAlone(chain.first().pid());
        chain.assertUpgradesAndEnds();
    }

    @Test
    void thatTheSuccessorDoesNotTake() throws Exception {
        Chain chain = servers.start(Launch.program("exclusive=yes", "handover=500"));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            try (Gate take = chain.hold("take")) {
                Upgrading upgrading = chain.startUpgrade();
                take.arrived();
                assertThat(upgrading.await(UpgradeResult.RolledBack.class).reason())
                        .contains("take of resource resource took longer than 500 ms");
            }
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        chain.assertServesAlone(chain.first().pid());
        chain.assertUpgradesAndEnds();
    }
}
