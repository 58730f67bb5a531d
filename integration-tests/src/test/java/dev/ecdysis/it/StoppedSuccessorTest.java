package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A new process that neither dies nor does anything is given up: it is killed, and only then does the old
/// one resume.
@Tag("slow")
class StoppedSuccessorTest {
    private static final int KILLED = 128 + 9;
    /// How long a successor may take to be ready, its start included. A few times the start of a JVM.
    private static final Duration TO_BE_READY = Duration.ofSeconds(8);

    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void beforeItIsReady() throws Exception {
        Chain chain = servers.start(Launch.program("ready=" + TO_BE_READY.toMillis()));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            assertThat(stopWhileThePredecessorServes(chain, "spawning", traffic)).isInstanceOfSatisfying(
                    UpgradeResult.Failed.class,
                    failed -> assertGivenUp(failed, Phase.SPAWNING));
            assertThat(stopWhileThePredecessorServes(chain, "initialising", traffic)).isInstanceOfSatisfying(
                    UpgradeResult.Failed.class,
                    failed -> assertGivenUp(failed, Phase.INITIALISING));
            chain.assertServesAlone(chain.first().pid());
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        chain.assertUpgradesAndEnds();
    }

    private static void assertGivenUp(UpgradeResult.Failed failed, Phase phase) {
        assertThat(failed.phase()).isEqualTo(phase);
        assertThat(failed.reason()).contains("not ready within the time limit");
        assertThat(failed.exitStatus()).hasValue(KILLED);
    }

    @Test
    void afterItWasReady() throws Exception {
        // It may use the time of the handover for what only one may hold, before its silence counts.
        Chain chain = servers.start(Launch.program("exclusive=yes", "silence=3000", "handover=1500"));
        try (Traffic traffic = Traffic.to(chain.address());
                PidFileWatch pidFile = new PidFileWatch(chain.pidFile())) {
            traffic.awaitGeneration(0);
            assertSilent(stopWhileThePredecessorLetsGo(chain));
            assertSilent(stopWhileItTakesHold(chain));
            traffic.awaitAnswers(10);
            assertThat(traffic.failed()).isZero();

            UpgradeResult result;
            Traffic.Held held;
            try (Gate health = chain.hold("health")) {
                Upgrading upgrading = chain.startUpgrade();
                long successor = health.arrived();
                pidFile.allowDeathOf(successor);
                Processes.stop(successor);
                held = Traffic.Held.by(successor, chain.address());
                result = upgrading.await();
            }
            assertSilent(result);
            chain.assertServesAlone(chain.first().pid());
            traffic.awaitAnswers(10);
            traffic.assertOnlyLost(held);
            pidFile.assertNeverWrong();
        }
        chain.assertUpgradesAndEnds();
    }

    /// It had beaten already; what counts is that it beats when the time of probation is over.
    @Test
    void lateInItsProbation() throws Exception {
        Chain chain = servers.start(Launch.program("probation=4500", "silence=4000"));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            Upgrading upgrading = chain.startUpgrade();
            // A check begins when the one before has ended in a beat.
            chain.output().await(0, "^health check 3 pid=");
            traffic.awaitGeneration(1);
            long successor = chain.successor();
            Processes.stop(successor);
            Traffic.Held held = Traffic.Held.by(successor, chain.address());
            assertSilent(upgrading.await());
            chain.assertServesAlone(chain.first().pid());
            traffic.awaitAnswers(10);
            traffic.assertOnlyLost(held);
        }
        chain.assertUpgradesAndEnds();
    }

    /// All else of it goes on. A health check that answers does not speak for the rest.
    @ParameterizedTest
    @ValueSource(strings = {"ecdysis", "ecdysis-accept-listener-0"})
    void ofWhichOnlyTheEventLoopOrAnAcceptLoopIsDead(String thread) throws Exception {
        Chain chain = servers.start(Launch.program(Launch.JAVA,
                List.of(Threads.DEBUGGABLE, "-cp", Launch.classPath()), "probation=60000", "silence=2000"));
        int mark = chain.output().mark();
        Upgrading upgrading = chain.startUpgrade();
        chain.output().await(mark, "^health check 2 pid=");
        int port = Integer.parseInt(chain.output()
                .await(mark, "^Listening for transport dt_socket at address: (\\d+)").group(1));
        try (Threads _ = Threads.holdOnly(port, thread)) {
            assertSilent(upgrading.await());
        }
        chain.assertUpgradesAndEnds();
    }

    private static UpgradeResult stopWhileThePredecessorServes(Chain chain, String point, Traffic traffic)
            throws Exception {
        try (Gate gate = chain.hold(point)) {
            Upgrading upgrading = chain.startUpgrade();
            Processes.stop(gate.arrived());
            // Or the answers could have waited until the successor was given up.
            traffic.awaitAnswers(20, TO_BE_READY.dividedBy(2));
            assertThat(upgrading.isOver()).isFalse();
            return upgrading.await();
        }
    }

    private static UpgradeResult stopWhileItTakesHold(Chain chain) throws Exception {
        try (Gate take = chain.hold("take")) {
            Upgrading upgrading = chain.startUpgrade();
            Processes.stop(take.arrived());
            return upgrading.await();
        }
    }

    private static UpgradeResult stopWhileThePredecessorLetsGo(Chain chain) throws Exception {
        Upgrading upgrading;
        try (Gate letGo = chain.hold("let-go")) {
            upgrading = chain.startUpgrade();
            letGo.arrived();
            Processes.stop(chain.successor());
        }
        return upgrading.await();
    }

    private static void assertSilent(UpgradeResult result) {
        assertThat(result).isInstanceOfSatisfying(UpgradeResult.RolledBack.class, back -> {
            assertThat(back.reason()).contains("silent");
            assertThat(back.exitStatus()).hasValue(KILLED);
        });
    }
}
