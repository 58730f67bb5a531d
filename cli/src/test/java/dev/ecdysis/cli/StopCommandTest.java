package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.cli.Shell.Ended;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.client.ControlException.Reason;
import org.junit.jupiter.api.Test;

/// How `stop` ends.
class StopCommandTest {
    private final Shell shell = new Shell();

    @Test
    void showsTheDrainAndEndsWhenTheProcessIsGone() {
        shell.server.drainSteps.add(Samples.drain(7, 0));
        shell.server.drainSteps.add(Samples.drain(6, 1_000));
        shell.server.drainSteps.add(Samples.drain(1, 5_500));

        assertThat(shell.run("stop", "--control", "/s")).isEqualTo(new Ended(0, """
                    0.0 s  draining: generation 3, 7 connections left
                    5.5 s  draining: generation 3, 1 connection left
                Stopped: the process is gone after 0 ms.
                """, ""));
        assertThat(shell.server.asked).containsExactly("connect /s within PT5S", "stop", "close");
    }

    @Test
    void inJson() {
        shell.server.drainSteps.add(Samples.drain(7, 0));

        Ended ended = shell.run("stop", "--control", "/s", "--json");

        assertThat(ended.out()).isEqualToIgnoringNewLines("{\"outcome\":\"done\",\"elapsedMillis\":0}");
        assertThat(ended.err()).contains("7 connections left");
    }

    @Test
    void aLostServerLeavesTheOutcomeUnknown() {
        shell.server.failing("stop", new ControlException(Reason.PROTOCOL, "torn frame"));

        Ended ended = shell.run("stop", "--control", "/s", "--json");

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.json().get("outcome").stringValue()).isEqualTo("unknown");
    }
}
