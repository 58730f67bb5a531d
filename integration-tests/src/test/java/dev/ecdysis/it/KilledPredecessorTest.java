package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A predecessor that dies once its successor has inherited takes nothing along but the connections that it
/// had accepted: the successor finishes what it was about to do, and owns everything.
@Tag("slow")
class KilledPredecessorTest {
    @RegisterExtension
    final Servers servers = new Servers();

    /// @param point where the successor, or the predecessor itself, is held while the predecessor is killed
    @ParameterizedTest
    @CsvSource({"initialising", "let-go", "take", "health"})
    void theSuccessorOwnsAll(String point) throws Exception {
        Chain chain = servers.start(Launch.program("exclusive=yes"));
        long first = chain.first().pid();
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            Upgrading upgrading;
            Traffic.Held held;
            try (Gate gate = chain.hold(point)) {
                upgrading = chain.startUpgrade();
                gate.arrived();
                held = stop(chain, traffic, point);
                Processes.signal(first, Processes.KILL);
                assertThat(chain.first().waitFor()).isEqualTo(128 + 9);
            }
            traffic.awaitGeneration(1);
            upgrading.awaitLost();
            long successor = chain.status().pid();
            assertThat(successor).isNotEqualTo(first);
            chain.assertServesAlone(successor);
            assertThat(chain.status().generation()).isEqualTo(1);
            traffic.awaitAnswers(10);
            traffic.assertOnlyLost(held);
        }
        chain.assertUpgradesAndEnds();
    }

    /// It accepts until its successor is ready.
    private static Traffic.Held stop(Chain chain, Traffic traffic, String point) throws Exception {
        long first = chain.first().pid();
        if (point.equals("initialising")) {
            Processes.stop(first);
            return Traffic.Held.by(first, chain.address());
        }
        traffic.awaitAnswersOverKept(20);
        Processes.stop(first);
        return Traffic.Held.byIdle(first, chain.address());
    }

    /// It takes along the connections that it still drains, and nothing waits for it any more.
    @Test
    void whileItDrains() throws Exception {
        Chain chain = servers.start(Launch.program());
        long first = chain.first().pid();
        try (Client kept = Client.keptBy(0, chain.address()); Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            long successor = chain.startUpgrade().await(UpgradeResult.Committed.class).pid();
            chain.awaitDraining(first, 1);
            Processes.signal(first, Processes.KILL);
            assertThat(chain.first().waitFor()).isEqualTo(128 + 9);
            assertThat(kept.read()).as("what a lost client reads").isEmpty();
            chain.assertServesAlone(successor);
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        chain.assertUpgradesAndEnds();
    }

    /// A successor that has got nothing yet cannot serve. It must say so and end, and not become another
    /// server that binds the same addresses anew.
    @Test
    void whileTheSuccessorIsStarted() throws Exception {
        Chain chain = servers.start(Launch.program());
        long first = chain.first().pid();
        try (Gate spawning = chain.hold("spawning")) {
            chain.startUpgrade();
            spawning.arrived();
            Processes.signal(first, Processes.KILL);
            assertThat(chain.first().waitFor()).isEqualTo(128 + 9);
        }
        Await.until("no process is left", () -> chain.processes().isEmpty());
        assertThat(chain.output().find(0, "^cannot serve: .*predecessor")).isPresent();
        assertThat(chain.errors().find(0, "^warning: cannot serve: ")).as("standard error, which it read")
                .isPresent();
        assertThat(chain.output().find(0, "serving generation=1")).isEmpty();
    }
}
