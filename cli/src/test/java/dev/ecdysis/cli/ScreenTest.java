package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.cli.Shell.Ended;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is shown where.
class ScreenTest {
    private final Shell shell = new Shell();

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        // terminal, TERM, NO_COLOR, live, coloured
        "true,  xterm, -,  true,  true",
        "true,  xterm, '', true,  true",
        "true,  xterm, 1,  true,  false",
        "true,  dumb,  -,  false, false",
        "true,  '',    -,  false, false",
        "false, xterm, -,  false, false",
    })
    void dependsOnTheTerminalAndTwoVariables(boolean terminal, String term, @Nullable String noColour,
            boolean live,
            boolean coloured) {
        Map<String, String> environment = noColour == null
                ? Map.of("TERM", term)
                : Map.of("TERM", term, "NO_COLOR", noColour);

        Screen screen = Screen.of(new PrintWriter(Writer.nullWriter()), terminal, environment,
                () -> Terminal.COLUMNS_USUAL);

        assertThat(screen.live()).isEqualTo(live);
        assertThat(screen.coloured()).isEqualTo(coloured);
    }

    @Test
    void colouredOnATerminal() {
        shell.environment.put("TERM", "xterm");
        shell.outIsTerminal = true;
        shell.server.steps.add(Samples.step(Phase.SPAWNING, 0));

        assertThat(shell.run("upgrade", "--control", "/s").out()).contains("\u001b[32mUpgraded: ",
                LiveProgress.REWIND);
        assertThat(shell.run("upgrade", "--help").out()).contains("\u001b[");
    }

    @Test
    void noColourStillRewritesTheLine() {
        shell.environment.putAll(Map.of("TERM", "xterm", "NO_COLOR", "1"));
        shell.outIsTerminal = true;
        shell.server.steps.add(Samples.step(Phase.SPAWNING, 0));

        assertThat(shell.run("upgrade", "--control", "/s").out()).contains(LiveProgress.REWIND)
                .doesNotContain("\u001b[3");
    }

    @Test
    void withJsonTheProgressIsOnStandardErrorAndTheObjectHasNoColours() {
        shell.environment.put("TERM", "xterm");
        shell.outIsTerminal = true;
        shell.errIsTerminal = true;
        shell.server.steps.add(Samples.step(Phase.SPAWNING, 0));

        Ended ended = shell.run("upgrade", "--control", "/s", "--json");

        assertThat(ended.out()).startsWith("{").doesNotMatch(Shell.CONTROL_CHARACTERS);
        assertThat(ended.err()).contains("spawning");
    }

    @Test
    void aPipeSeesNoEscapeWhereverTheOtherStreamGoes() {
        shell.environment.put("TERM", "xterm");
        shell.errIsTerminal = true;
        shell.server.steps.add(Samples.step(Phase.SPAWNING, 0));
        shell.server.result = Samples.FAILED;

        Ended ended = shell.run("upgrade", "--control", "/s");

        assertThat(ended.out()).doesNotContain("\u001b").contains("spawning");
        assertThat(ended.err()).contains("\u001b[31m");
        assertThat(shell.run("upgrade", "--help").out()).doesNotContain("\u001b");
    }
}
