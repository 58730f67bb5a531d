package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A predecessor that waits costs nothing, although the socket that it still holds is busy: a selector that
/// kept an interest in it, or an epoll registration that was forgotten, would use a whole core.
@Tag("slow")
class IdleProcessTest {
    private static final Duration WATCHED = Duration.ofSeconds(3);
    /// Of one core, in percent: ticks are hundredths of a second.
    private static final double MOST_PERCENT = 2;

    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void usesNoProcessorOnProbationAndWhileItDrains() throws Exception {
        Chain chain = servers.start(Launch.program());
        long first = chain.first().pid();
        try (Client idle = Client.connect(chain.address());
                Traffic traffic = Traffic.ofNewConnectionsTo(chain.address())) {
            idle.ask("/", "");
            assertThat(idle.read()).contains("generation 0");
            traffic.awaitGeneration(0);
            Upgrading upgrading;
            try (Gate health = chain.hold("health")) {
                upgrading = chain.startUpgrade();
                health.arrived();
                traffic.awaitGeneration(1);
                assertThat(percent(first)).as("on probation").isLessThan(MOST_PERCENT);
                assertThat(chain.status().state()).isEqualTo("probation");
            }
            long successor = upgrading.await(UpgradeResult.Committed.class).pid();
            assertThat(percent(first)).as("while it drains").isLessThan(MOST_PERCENT);
            assertThat(chain.status().draining()).hasSize(1);

            // The last answer says so, and that is the end.
            idle.ask("/", "");
            assertThat(idle.readToEnd()).contains("Connection: close").contains("generation 0");
            chain.assertServesAlone(successor);
            traffic.assertNothingLost();
        }
        chain.assertUpgradesAndEnds();
    }

    private static double percent(long pid) throws InterruptedException {
        long ticks = Processes.cpuTicks(pid);
        long began = System.nanoTime();
        Thread.sleep(WATCHED);
        double seconds = (System.nanoTime() - began) / 1e9;
        return (Processes.cpuTicks(pid) - ticks) / seconds;
    }
}
