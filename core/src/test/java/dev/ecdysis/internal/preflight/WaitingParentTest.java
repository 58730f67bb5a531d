package dev.ecdysis.internal.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.process.ProcessTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Process 9 is the server.
class WaitingParentTest {
    private static final long SERVER = 9;

    @TempDir
    Path proc;

    private ProcessTree tree;

    @BeforeEach
    void aContainer() {
        tree = new ProcessTree(proc);
    }

    private Optional<WaitingParent.Finding> find() {
        return WaitingParent.find(proc, SERVER, false, false);
    }

    private void assertRefused(String who) {
        assertThat(find()).hasValueSatisfying(finding -> {
            assertThat(finding.certain()).isTrue();
            assertThat(finding.text()).startsWith(who).contains("waits for this process", "end the container")
                    .doesNotContain("\n");
        });
    }

    private void assertWarned(String who) {
        assertThat(find()).hasValueSatisfying(finding -> {
            assertThat(finding.certain()).isFalse();
            assertThat(finding.text()).startsWith(who).contains("container").doesNotContain("\n");
        });
    }

    @Test
    void aShellThatIsPidOne() throws Exception {
        tree.add(1, "sh", 0, "sh", "-c", "java; true").add(SERVER, "java", 1);
        assertRefused("sh (process 1)");
    }

    /// The kernel names it after the script.
    @Test
    void anEntrypointThatIsAScript() throws Exception {
        tree.add(1, "docker-entrypoi", 0, "/bin/sh", "/docker-entrypoint.sh").add(SERVER, "java", 1);
        assertRefused("docker-entrypoi (process 1)");
    }

    @Test
    void theNearestOfSeveralIsNamed() throws Exception {
        tree.add(1, "tini", 0).children("5 ").add(5, "run.sh", 1, "/bin/bash", "run.sh").add(6, "su", 5)
                .add(7, "sh", 6, "-sh", "-c", "java").add(SERVER, "java", 7);
        assertRefused("sh (process 7)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sudo", "su", "runuser", "doas", "script", "timeout"})
    void whatEndsWithItsCommand(String waiter) throws Exception {
        tree.add(1, "dumb-init", 0).children("5 8 ").add(5, waiter, 1).add(SERVER, "java", 5);
        assertRefused(waiter + " (process 5)");
    }

    /// The init ends with its first child; what it has adopted is none of its business.
    @Test
    void aScriptThatAnInitHasAdopted() throws Exception {
        tree.add(1, "tini", 0).children("3 5 ").add(5, "sh", 1).add(SERVER, "java", 5);
        assertThat(find()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"systemd", "init", "s6-svscan"})
    void anInitThatStays(String init) throws Exception {
        tree.add(1, init, 0).add(5, "sh", 1).add(SERVER, "java", 5);
        assertThat(find()).isEmpty();
    }

    @Test
    void aProgramThatNobodyKnowsIsWarnedOf() throws Exception {
        tree.add(1, "python3", 0, "python3", "/entrypoint.py").add(SERVER, "java", 1);
        assertWarned("python3 (process 1)");
    }

    @Test
    void theOneThatAnInitRunsToo() throws Exception {
        tree.add(1, "tini", 0).children("5 ").add(5, "node", 1).add(7, "sh", 5).add(SERVER, "java", 7);
        assertWarned("node (process 5)");
    }

    /// The tests of a build run in a container: that a server below ends means nothing to it.
    @Test
    void aBuildToolGoesOn() throws Exception {
        tree.add(1, "sh", 0, "sh", "-c", "mvn verify").add(5, "java", 1).add(7, "java", 5).add(SERVER, "java", 7);
        assertThat(find()).isEmpty();
    }

    @Test
    void aShellAtWhosePromptItWasTypedGoesOn() throws Exception {
        tree.add(1, "bash", 0, 1, 1, true).add(SERVER, "java", 1, SERVER, 1, true);
        assertThat(find()).isEmpty();
        // A script leaves its commands in its own process group, and setsid takes them out of the session.
        tree.add(SERVER, "java", 1, 1, 1, true);
        assertRefused("bash (process 1)");
        tree.add(SERVER, "java", 1, SERVER, SERVER, false);
        assertRefused("bash (process 1)");
    }

    /// Like a shell it gives its command a process group, but it waits for it.
    @Test
    void sudoOnATerminalWaits() throws Exception {
        tree.add(1, "bash", 0, "bash", "/run.sh").add(5, "sudo", 1, 5, 5, true)
                .add(SERVER, "java", 5, SERVER, 5, true);
        assertRefused("sudo (process 5)");
    }

    @Test
    void onAMachineNothingEnds() throws Exception {
        tree.add(1, "process_api", 0).add(5, "sh", 1).add(SERVER, "java", 5);
        assertThat(WaitingParent.find(proc, SERVER, false, true)).isEmpty();
    }

    @Test
    void aSupervisorStartsAnotherOne() throws Exception {
        tree.add(1, "systemd", 0).add(5, "supervisord", 1, "/usr/bin/python3", "/usr/bin/supervisord")
                .add(SERVER, "java", 5);
        assertThat(WaitingParent.find(proc, SERVER, false, true)).hasValueSatisfying(finding -> {
            assertThat(finding.certain()).isFalse();
            assertThat(finding.text()).startsWith("supervisord (process 5) watches this process");
        });
    }

    @Test
    void aRuntimeThatSharesThePidNamespaceOfTheMachine() throws Exception {
        tree.add(1, "systemd", 0).add(5, "containerd-shim", 1).add(SERVER, "java", 5);
        assertThat(WaitingParent.find(proc, SERVER, false, true)).hasValueSatisfying(finding -> {
            assertThat(finding.certain()).isFalse();
            assertThat(finding.text()).startsWith("containerd-shim (process 5)");
        });
    }

    /// As in a pod whose containers share a pid namespace.
    @Test
    void theFirstOfAContainerWhosePidOneIsAnother() throws Exception {
        tree.add(1, "pause", 0).controlGroup(1, "/../pause").add(SERVER, "java", 0);
        assertThat(find()).hasValueSatisfying(finding -> {
            assertThat(finding.certain()).isTrue();
            assertThat(finding.text()).startsWith("this process is the first of its container");
        });
        tree.add(5, "sh", 0).add(SERVER, "java", 5);
        assertThat(find()).hasValueSatisfying(finding -> assertThat(finding.text())
                .startsWith("sh (process 5), which waits for this process, is the first of its container"));
    }

    /// As with `docker exec`.
    @Test
    void whatWasStartedFromOutside() throws Exception {
        tree.add(1, "sleep", 0).add(SERVER, "java", 0);
        assertWarned("this process was started from outside");
    }

    @Test
    void laterGenerationsAreAdopted() throws Exception {
        tree.add(1, "sh", 0).add(SERVER, "java", 1).successor(SERVER, 5);
        assertThat(WaitingParent.find(proc, SERVER, true, false)).isEmpty();
    }

    /// While the predecessor drains, what waits for that ends the container all the same.
    @Test
    void exceptWhileGenerationZeroDrains() throws Exception {
        tree.add(1, "sh", 0).add(5, "java", 1).add(7, "java", 5).successor(7, 5).add(SERVER, "java", 7)
                .successor(SERVER, 7);
        assertThat(WaitingParent.find(proc, SERVER, true, false)).hasValueSatisfying(
                finding -> assertThat(finding.text()).startsWith("sh (process 1) waits for this process"));
    }

    @Test
    void whatIsHiddenIsNotKnown() throws IOException {
        assertThat(find()).isEmpty();
        tree.add(SERVER, "java", 5);
        assertThat(find()).isEmpty();
    }
}
