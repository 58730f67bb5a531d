package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What only one may hold, and cannot be let go of or taken: the upgrade is given up after the time limit, clients wait no
/// longer than that, and the next upgrade succeeds.
@Tag("slow")
class HangingResourceTest {
    @RegisterExtension
    final Servers servers = new Servers();

    /// @param point where the resource hangs: the predecessor does not let go, or the successor cannot take
    /// @param step what the reason calls that
    @ParameterizedTest
    @CsvSource({"let-go, release", "take, take"})
    void isGivenUpInTime(String point, String step) throws Exception {
        Chain chain = servers.start(Launch.program("exclusive=yes", "handover=500"));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            try (Gate gate = chain.hold(point)) {
                Upgrading upgrading = chain.startUpgrade();
                gate.arrived();
                UpgradeResult result = upgrading.await();
                assertThat(result).isInstanceOf(
                        point.equals("take") ? UpgradeResult.RolledBack.class : UpgradeResult.Failed.class);
                assertThat(result.toString()).contains(step + " of resource resource took longer than 500 ms");
            }
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        chain.assertServesAlone(chain.first().pid());
        chain.assertUpgradesAndEnds();
    }
}
