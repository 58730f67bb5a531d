package dev.ecdysis.internal.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.process.ProcessTree;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Process 9 is the server.
class TerminalSessionTest {
    private static final long SERVER = 9;

    @TempDir
    Path proc;

    private ProcessTree tree;

    @BeforeEach
    void aTerminal() throws Exception {
        tree = new ProcessTree(proc).add(1, "systemd", 0).add(3, "tmux", 1);
    }

    private boolean ends() {
        return TerminalSession.endsWith(Ancestor.of(proc, SERVER), false);
    }

    @Test
    void itsLeaderEndsIt() throws Exception {
        tree.add(SERVER, "java", 3, SERVER, SERVER, true);
        assertThat(ends()).isTrue();
        assertThat(TerminalSession.endsWith(Ancestor.of(proc, SERVER), true)).isTrue();
    }

    @Test
    void withoutATerminalThereIsNothingToHangUp() throws Exception {
        tree.add(SERVER, "java", 3, SERVER, SERVER, false);
        assertThat(ends()).isFalse();
    }

    @Test
    void aShellAtWhosePromptItWasTypedGoesOn() throws Exception {
        tree.add(5, "bash", 3, 5, 5, true, "-bash").add(SERVER, "java", 5, SERVER, 5, true);
        assertThat(ends()).isFalse();
        // The script ends, the shell does not.
        tree.add(7, "run.sh", 5, 7, 5, true, "/bin/sh", "run.sh").add(SERVER, "java", 7, 7, 5, true);
        assertThat(ends()).isFalse();
    }

    @Test
    void aScriptThatLeadsItEnds() throws Exception {
        tree.add(5, "sh", 3, 5, 5, true).add(SERVER, "java", 5, 5, 5, true);
        assertThat(ends()).isTrue();
        tree.add(5, "start.py", 3, 5, 5, true, "python3", "start.py");
        assertThat(ends()).isTrue();
        assertThat(TerminalSession.endsWith(Ancestor.of(proc, SERVER), true)).isFalse();
    }

    @Test
    void sudoEndsTheTerminalThatItMakes() throws Exception {
        tree.add(5, "bash", 3, 5, 5, true).add(6, "sudo", 5, 6, 5, true).add(7, "sudo", 6, 7, 7, true)
                .add(SERVER, "java", 7, SERVER, 7, true);
        assertThat(ends()).isTrue();
    }

    /// One that this project does not know.
    @Test
    void anotherKindOfShellGoesOn() throws Exception {
        tree.add(5, "nu", 3, 5, 5, true).add(SERVER, "java", 5, SERVER, 5, true);
        assertThat(ends()).isFalse();
    }

    @Test
    void aLeaderThatIsNoAncestorIsNotWaitedFor() throws Exception {
        tree.add(SERVER, "java", 1, 7, 5, true);
        assertThat(ends()).isFalse();
    }
}
