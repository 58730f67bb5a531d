package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.cli.Shell.Ended;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Ctrl-C while a server works on what it was asked for.
class InterruptionTest {
    private final Shell shell = new Shell();

    private void interruptWhileWaiting() {
        shell.server.whileWaiting = () -> List.copyOf(shell.interruptions).forEach(Runnable::run);
    }

    @Test
    void saysThatTheUpgradeGoesOn() {
        interruptWhileWaiting();

        Ended ended = shell.run("upgrade", "--control", "/s");

        assertThat(ended.err())
                .isEqualTo("ecdysis: no longer waiting; the upgrade goes on: see how it ends with "
                        + "'ecdysis status'\n");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void stillPrintsExactlyOneObject() {
        interruptWhileWaiting();

        assertThat(shell.run("upgrade", "--control", "/s", "--json").json().get("outcome").stringValue())
                .isEqualTo("unknown");
        assertThat(shell.run("stop", "--control", "/s", "--json").json().get("error").stringValue())
                .contains("the stop goes on");
    }

    @Test
    void duringTheDrainTheOutcomeIsKept() {
        shell.server.whileWaiting = () -> {
            if (shell.server.asked.contains("upgrade")) {
                List.copyOf(shell.interruptions).forEach(Runnable::run);
            }
        };

        Ended ended = shell.run("upgrade", "--control", "/s", "--json", "--wait-drain");

        assertThat(ended.json().get("outcome").stringValue()).isEqualTo("committed");
        assertThat(ended.json().get("drained").booleanValue()).isFalse();
        assertThat(ended.err()).contains("its drain goes on");
    }

    @Test
    void nothingIsLeftRegisteredAfterTheWait() {
        shell.run("upgrade", "--control", "/s", "--wait-drain");
        shell.run("stop", "--control", "/s");

        assertThat(shell.interruptions).isEmpty();
    }

    @Test
    void aShutdownHookCanBeTakenBack() {
        Interruption.Handle handle = Interruption.byShutdownHook().during(() -> {
            throw new AssertionError("ran");
        });
        handle.close();
        handle.close();
    }
}
