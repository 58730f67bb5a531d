package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Two servers that are given the same PID file.
class SharedPidFileTest {
    @RegisterExtension
    final Servers servers = new Servers();

    /// A server that is given the PID file of this one.
    private Launch withPidFileOf(Chain other) {
        return Launch.program("pid-file=" + other.pidFile());
    }

    private static void assertIsRefused(Chain chain, Chain owner, long pid) throws Exception {
        chain.errors().await(0, "the PID file " + owner.pidFile() + " is another server's: process " + pid
                + " serves, and answers at " + owner.control() + "; stop that one first \\(ecdysis stop --control "
                + owner.control() + "\\), or give this server a PID file of its own");
        Processes.awaitExit(chain.first().pid());
        assertThat(chain.first().waitFor()).isNotZero();
        chain.assertNothingLeft();
        assertThat(owner.pidFile()).hasContent(pid + "\n");
    }

    @Test
    void theSecondIsRefusedWhileTheFirstServesInWhateverGeneration() throws Exception {
        Chain first = servers.start(Launch.program());
        Chain second = servers.create();
        second.begin(withPidFileOf(first), Path.of("/"));
        assertIsRefused(second, first, first.first().pid());

        long successor = first.assertUpgrades().pid();
        Chain third = servers.create();
        third.begin(withPidFileOf(first), Path.of("/"));
        assertIsRefused(third, first, successor);

        Path link = Files.createSymbolicLink(third.folder().resolve("link"), first.run());
        Chain fourth = servers.create();
        fourth.begin(Launch.program("pid-file=" + link.resolve("server.pid")), Path.of("/"));
        fourth.errors().await(0, "the PID file " + link.resolve("server.pid") + " is another server's: process ");

        first.assertUpgradesAndEnds();
    }

    /// When it was started there was no file yet.
    @Test
    void theSecondIsRefusedThatInitialisedAtTheSameTime() throws Exception {
        Chain first = servers.create();
        Chain second = servers.create();
        try (Gate gate = second.hold("initialising")) {
            second.begin(withPidFileOf(first), Path.of("/"));
            gate.arrived();
            first.start(Launch.program(), Path.of("/"));
        }
        assertIsRefused(second, first, first.first().pid());
        first.assertUpgradesAndEnds();
    }

    @Test
    void aNewVersionThatIsGivenAnothersIsNotKept() throws Exception {
        Chain first = servers.start(Launch.program());
        Chain second = servers.start(Launch.program());
        UpgradeResult.Failed failed = second.startUpgrade(second.words(withPidFileOf(first)))
                .await(UpgradeResult.Failed.class);
        assertThat(failed.lastWords()).anySatisfy(line -> assertThat(line).contains("is another server's"));
        assertThat(first.pidFile()).hasContent(first.first().pid() + "\n");
        second.assertUpgradesAndEnds();
        first.assertUpgradesAndEnds();
    }

    /// Numbers are used again: what a crashed server has left may name anybody.
    @Test
    void oneThatNamesAProcessWhichIsNoServerIsTakenOver() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "1000").start();
        try {
            Chain chain = servers.create();
            Files.writeString(chain.pidFile(), stranger.pid() + "\n");
            chain.start(Launch.program(), Path.of("/"));
            chain.errors().await(0, "the PID file " + chain.pidFile() + " names process " + stranger.pid()
                    + " \\(sleep\\), which lives and does not answer as a server with this PID file; it is taken over");
            chain.assertUpgradesAndEnds();
        } finally {
            stranger.destroyForcibly().waitFor();
        }
    }

    /// A server that lives, and has another PID file: the number is what another left.
    @Test
    void oneThatNamesAServerWithAnotherPidFileIsTakenOver() throws Exception {
        Chain other = servers.start(Launch.program());
        Chain chain = servers.create();
        Files.writeString(chain.pidFile(), other.first().pid() + "\n");
        chain.start(Launch.program(), Path.of("/"));
        chain.errors().await(0, "which lives and does not answer as a server with this PID file");
        chain.assertUpgradesAndEnds();
        other.assertUpgradesAndEnds();
    }

    @Test
    void oneThatNamesADeadProcessIsTakenOverInSilence() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Chain chain = servers.create();
        Files.writeString(chain.pidFile(), dead.pid() + "\n");
        chain.start(Launch.program(), Path.of("/"));
        assertThat(chain.errors().find(0, "PID file")).isEmpty();
        chain.assertUpgradesAndEnds();
    }
}
