package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A server is stopped and upgraded by signals, also by those that come while an upgrade is under way.
@Tag("slow")
class SignalTest {
    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void anInterruptStops() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0"));
        Processes.signal(chain.first().pid(), Processes.INT);
        Processes.awaitExit(chain.first().pid());
        assertThat(chain.first().waitFor()).isZero();
        assertThat(chain.output().find(0, "^exiting reason=stopped cut-off=0$")).isPresent();
        chain.assertNothingLeft();
    }

    @Test
    void thoseThatComeDuringAnUpgradeAreRememberedAsOne() throws Exception {
        Chain chain = servers.start(Launch.program());
        long first = chain.first().pid();
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            try (Gate gate = chain.hold("initialising")) {
                hangUp(chain, first);
                gate.arrived();
                hangUp(chain, first);
                hangUp(chain, first);
            }
            traffic.awaitGeneration(2);
            long third = Long.parseLong(
                    chain.output().await(0, "^result Committed\\[generation=2, pid=(\\d+)").group(1));
            chain.assertServesAlone(third);
            assertThat(chain.status().generation()).isEqualTo(2);
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        assertThat(chain.output().find(0, "^result (?!Committed)")).isEmpty();
        chain.assertEnds();
    }

    /// The PID file names the successor by then, but it is the predecessor that serves in the end.
    @Test
    void oneThatTheSuccessorGetsOnProbationOutlivesIt() throws Exception {
        Chain chain = servers.start(Launch.program("exclusive=yes", "ill-file=@/../ill"));
        Path ill = Files.createFile(chain.run().resolveSibling("ill"));
        Upgrading upgrading;
        Gate next;
        try (Gate healthy = chain.hold("health")) {
            upgrading = chain.startUpgrade();
            hangUp(chain, healthy.arrived());
            next = chain.hold("spawning");
        }
        try (next) {
            assertThat(upgrading.await()).isInstanceOf(UpgradeResult.RolledBack.class);
            next.arrived();
            Files.delete(ill);
        }
        chain.output().await(0, "^result Committed\\[generation=1, ");
        chain.assertEnds();
    }

    /// The server says so, and can be upgraded all the same.
    @Test
    void oneThatIsIgnoredIsNamed() throws Exception {
        List<String> words = new ArrayList<>(List.of("env", "--ignore-signal=HUP"));
        words.addAll(Launch.program().command());
        Chain chain = servers.start(new Launch(words, Map.of()));
        assertThat(chain.status().notes()).anyMatch(note -> note.startsWith("SIGHUP is ignored by this process"));
        chain.assertUpgradesAndEnds();
    }

    /// As after an `&` in a script: SIGTERM arrives, so nothing is missed and nobody is warned.
    @Test
    void anInterruptThatIsIgnoredIsNoTrouble() throws Exception {
        List<String> words = new ArrayList<>(List.of("env", "--ignore-signal=INT"));
        words.addAll(Launch.example("http", "--listen", "tcp:127.0.0.1:0").command());
        Chain chain = servers.start(new Launch(words, Map.of()));
        assertThat(chain.status().notes()).isEmpty();
        try (ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT)) {
            assertThat(client.doctor()).noneMatch(check -> check.name().equals("signals"));
        }
        assertThat(chain.errors().find(0, "SIGINT|nohup")).isEmpty();
        chain.assertEnds();
    }

    /// With -Xrs the JVM handles none, not even those that stop.
    @Test
    void thoseThatTheJvmLeavesAloneAreNamed() throws Exception {
        List<String> words = new ArrayList<>(Launch.program().command());
        words.add(1, "-Xrs");
        Chain chain = servers.start(new Launch(words, Map.of()));
        assertThat(chain.status().notes()).anyMatch(note -> note.startsWith("SIGHUP cannot be handled"))
                .anyMatch(note -> note.startsWith("SIGTERM cannot be handled"));
        chain.assertUpgrades();
        try (ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT)) {
            client.stop(progress -> {
            });
        }
        chain.assertNothingLeft();
    }

    /// Returns when the signal has been dealt with: the kernel remembers only one of a kind.
    private static void hangUp(Chain chain, long pid) throws Exception {
        int mark = chain.errors().mark();
        Processes.signal(pid, Processes.HUP);
        chain.errors().await(mark, "SIGHUP: (upgrading|remembered until the upgrade that is under way has ended)$");
        // Answered after whatever the signal asked for.
        chain.status();
    }
}
