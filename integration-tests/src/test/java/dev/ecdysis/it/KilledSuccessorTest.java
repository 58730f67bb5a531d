package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A new process that dies at any moment before the commit leaves the old one serving, from the same accept
/// queue.
@Tag("slow")
class KilledSuccessorTest {
    private static final int KILLED = 128 + 9;
    /// Much less than the two minutes for which the successor could be held.
    private static final Duration PROMPTLY = Duration.ofSeconds(20);

    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void beforeItServed() throws Exception {
        Chain chain = servers.start(Launch.program("exclusive=yes"));
        long first = chain.first().pid();
        try (Traffic traffic = Traffic.to(chain.address());
                PidFileWatch pidFile = new PidFileWatch(chain.pidFile())) {
            traffic.awaitGeneration(0);
            assertFailed(killWhileThePredecessorServes(chain, "spawning", traffic), Phase.SPAWNING);
            assertFailed(killWhileThePredecessorServes(chain, "initialising", traffic), Phase.INITIALISING);
            assertFailed(killWhileThePredecessorLetsGo(chain), Phase.CUTOVER);
            chain.assertServesAlone(first);
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
            pidFile.assertNeverWrong();
            assertThat(pidFile.seen()).containsExactly(first);
        }
        chain.assertUpgradesAndEnds();
    }

    @Test
    void whileItTakesHoldAndOnProbation() throws Exception {
        Chain chain = servers.start(Launch.program("exclusive=yes"));
        long first = chain.first().pid();
        try (Traffic traffic = Traffic.to(chain.address());
                PidFileWatch pidFile = new PidFileWatch(chain.pidFile())) {
            traffic.awaitGeneration(0);
            // It has been told to start and accepts nothing yet: not even its connections are lost.
            assertRolledBack(killWhileItTakesHold(chain));
            traffic.awaitAnswers(10);
            assertThat(traffic.failed()).isZero();

            // Its heartbeat is held, so it stays on probation however slow this machine is.
            UpgradeResult result;
            Traffic.Held held;
            try (Gate health = chain.hold("health")) {
                Upgrading upgrading = chain.startUpgrade();
                long successor = health.arrived();
                traffic.awaitGeneration(1);
                pidFile.allowDeathOf(successor);
                Processes.stop(successor);
                held = Traffic.Held.by(successor, chain.address());
                Processes.signal(successor, Processes.KILL);
                result = upgrading.await();
            }
            assertRolledBack(result);
            traffic.awaitGeneration(0);
            chain.assertServesAlone(first);
            traffic.assertOnlyLost(held);
            pidFile.assertNeverWrong();
        }
        chain.assertUpgradesAndEnds();
    }

    /// Too late for a rollback: the predecessor owns nothing any more, and finishes what it has.
    @Test
    void afterTheCommit() throws Exception {
        Chain chain = servers.start(Launch.program());
        try (Client kept = Client.keptBy(0, chain.address())) {
            long successor = chain.startUpgrade().await(UpgradeResult.Committed.class).pid();
            chain.awaitDraining(chain.first().pid(), 1);
            Processes.signal(successor, Processes.KILL);
            Await.until("the predecessor has noticed", () -> Processes.state(successor).isEmpty());
            kept.ask("/", "");
            assertThat(kept.readToEnd()).contains("Connection: close").contains("generation 0");
            assertThat(chain.first().waitFor()).as("exit status of generation 0").isZero();
        }
        Await.until("no process is left", () -> chain.processes().isEmpty());
    }

    private static UpgradeResult killWhileThePredecessorServes(Chain chain, String point, Traffic traffic)
            throws Exception {
        try (Gate gate = chain.hold(point)) {
            Upgrading upgrading = chain.startUpgrade();
            long successor = gate.arrived();
            traffic.awaitAnswers(20, PROMPTLY);
            Processes.signal(successor, Processes.KILL);
            return upgrading.await();
        }
    }

    private static UpgradeResult killWhileItTakesHold(Chain chain) throws Exception {
        try (Gate take = chain.hold("take")) {
            Upgrading upgrading = chain.startUpgrade();
            Processes.signal(take.arrived(), Processes.KILL);
            return upgrading.await();
        }
    }

    /// The predecessor is held while it lets go, so that nothing can be told to the successor any more.
    private static UpgradeResult killWhileThePredecessorLetsGo(Chain chain) throws Exception {
        Upgrading upgrading;
        try (Gate letGo = chain.hold("let-go")) {
            upgrading = chain.startUpgrade();
            assertThat(letGo.arrived()).isEqualTo(chain.first().pid());
            long successor = chain.successor();
            Processes.signal(successor, Processes.KILL);
            Await.until("the predecessor has noticed", () -> Processes.state(successor).isEmpty());
        }
        return upgrading.await();
    }

    private static void assertFailed(UpgradeResult result, Phase phase) {
        assertThat(result).isInstanceOfSatisfying(UpgradeResult.Failed.class, failed -> {
            assertThat(failed.phase()).isEqualTo(phase);
            assertThat(failed.exitStatus()).hasValue(KILLED);
            assertThat(failed.reason()).isNotBlank();
        });
    }

    private static void assertRolledBack(UpgradeResult result) {
        assertThat(result).isInstanceOfSatisfying(UpgradeResult.RolledBack.class, back -> {
            assertThat(back.exitStatus()).hasValue(KILLED);
            assertThat(back.reason()).isNotBlank();
        });
    }
}
