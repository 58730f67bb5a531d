package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.UpgradeResult.Failed;
import dev.ecdysis.UpgradeResult.Refused;
import dev.ecdysis.UpgradeResult.RolledBack;
import dev.ecdysis.cli.Shell.Ended;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.client.ControlException.Reason;
import dev.ecdysis.status.Check;
import dev.ecdysis.status.DrainingStatus;
import dev.ecdysis.status.ListenerStatus;
import dev.ecdysis.status.Progress;
import dev.ecdysis.status.ServerState;
import dev.ecdysis.status.ServerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A server, or the program that it tried to start, may say anything. None of it reaches the terminal as a
/// command, none of it makes a line of its own, and none of it fills the screen.
class EscapeInjectionTest {
    private static final String EVIL = "a\u001b]0;owned\u0007b\u009b2Jc\rd\nFORGED e\u202ef\u0000g\u007fh\u2028i\ud800j";

    private final Shell shell = new Shell();

    @BeforeEach
    void answerEvil() {
        Duration second = Duration.ofSeconds(1);
        shell.server.status = new ServerStatus(1, 2, EVIL, ServerState.RUNNING, Optional.empty(), true, second,
                Optional.of(EVIL),
                List.of(new ListenerStatus(EVIL, EVIL, 1, 1, true)), 1,
                List.of(new DrainingStatus(0, 1, second, second, 1, List.of(EVIL))), EVIL, List.of(EVIL));
        shell.server.checks = List.of(Check.fail(EVIL, EVIL, EVIL));
        shell.machineChecks = () -> List.of(Check.warn(EVIL, EVIL, EVIL));
        for (Phase phase : Phase.values()) {
            Progress step = new Progress(phase, 1, OptionalLong.of(7), second, 1, EVIL);
            shell.server.steps.add(step);
            shell.server.drainSteps.add(step);
        }
    }

    private void expectHarmless(String... arguments) {
        List<String> json = new ArrayList<>(List.of(arguments));
        json.add("--json");
        for (Ended ended : List.of(shell.run(arguments), shell.run(json.toArray(String[]::new)))) {
            assertThat(ended.out() + ended.err()).doesNotMatch(Shell.CONTROL_CHARACTERS)
                    .contains("owned")
                    .doesNotContainPattern("(?m)^FORGED");
        }
    }

    @Test
    void inStatusAndDoctorAndStop() {
        expectHarmless("status", "--control", "/s");
        expectHarmless("doctor", "--control", "/s");
        expectHarmless("stop", "--control", "/s");
    }

    @Test
    void inEveryOutcome() {
        List<UpgradeResult> results = List.of(Samples.COMMITTED,
                new Failed(Phase.SPAWNING, EVIL, OptionalInt.of(1), List.of(EVIL, EVIL)),
                new RolledBack(EVIL, OptionalInt.empty(), List.of(EVIL)), new Refused(EVIL));
        for (UpgradeResult result : results) {
            shell.server.result = result;
            expectHarmless("upgrade", "--control", "/s", "--wait-drain");
        }
    }

    @Test
    void inFailures() {
        for (String request : List.of("connect", "upgrade", "awaitDrained")) {
            for (Reason reason : Reason.values()) {
                shell.server.failing(request, new ControlException(reason, EVIL));
                expectHarmless("upgrade", "--wait-drain", "--control", "/tmp/owned\u001b[2J");
            }
        }
        shell.server.failing("status", new IllegalStateException(EVIL));
        shell.debug = true;
        Ended ended = shell.run("status", "--control", "/s");
        assertThat(ended.err()).doesNotMatch(Shell.CONTROL_CHARACTERS).contains("    at ");
    }

    @Test
    void onATerminalOnlyOurOwnSequencesAreLeft() {
        shell.environment.put("TERM", "xterm");
        shell.outIsTerminal = true;
        shell.errIsTerminal = true;
        shell.server.result = new RolledBack(EVIL, OptionalInt.empty(), List.of(EVIL));

        Ended ended = shell.run("upgrade", "--control", "/s");

        String rest = (ended.out() + ended.err()).replace(LiveProgress.REWIND, "")
                .replaceAll("\u001b\\[[0-9]+m", "");
        assertThat(rest).doesNotMatch(Shell.CONTROL_CHARACTERS).contains("owned");
    }

    @Test
    void neitherDoesALongText() {
        shell.server.result = new Failed(Phase.SPAWNING, "r".repeat(1_000_000), OptionalInt.of(1),
                List.of("w".repeat(1_000_000)));

        assertThat(shell.run("upgrade", "--control", "/s").err()).hasSizeLessThan(2_000).contains("rrr...",
                "www...");
    }
}
