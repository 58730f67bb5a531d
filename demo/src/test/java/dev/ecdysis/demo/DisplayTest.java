package dev.ecdysis.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.demo.load.Load;
import dev.ecdysis.demo.load.LoadPlan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is shown while the demo runs.
@Timeout(60)
final class DisplayTest {
    private static final int COLUMNS = 40;
    private static final String ERASE_LINE = "\r\033[2K";

    private final StringWriter text = new StringWriter();

    @Test
    void aLineCountsWhatWasAnsweredAndWhatWasLost() {
        assertThat(Display.line(Duration.ofMillis(3_240), 1_234_567, 8, 2, "upgrade 1 of 5: starting"))
                .isEqualTo("  3.2 s   answered 1,234,567   failed      8   generation 2   upgrade 1 of 5: starting");
        assertThat(Display.line(Duration.ZERO, 0, 0, -1, ""))
                .isEqualTo("  0.0 s   answered        0   failed      0   generation -");
    }

    @Test
    void aTerminalShowsTheCountsInOneLineThatNeverWraps() throws Exception {
        try (FakeServer server = FakeServer.perfect();
                Load load = Load.start(LoadPlan.to(server.start()).requestsAtMost(20));
                Display display = new Display(screen(true))) {
            load.await();
            display.phase("x".repeat(200));
            display.watch(load);
            display.say("an event");
        }
        String[] shown = text.toString().split(Pattern.quote(ERASE_LINE), -1);
        assertThat(shown).contains("an event\n");
        assertThat(Arrays.stream(shown).filter(line -> line.contains("answered")))
                .isNotEmpty().allMatch(line -> line.length() == COLUMNS - 1 && line.contains("answered       20"));
    }

    @Test
    void anythingElseGetsWholeLines() throws Exception {
        try (Display display = new Display(screen(false))) {
            display.say("x".repeat(200));
        }
        assertThat(text.toString()).isEqualTo("x".repeat(200) + "\n");
    }

    private Screen screen(boolean terminal) {
        return Screen.of(new PrintWriter(text, true), terminal, StandardCharsets.UTF_8,
                Map.of("TERM", "xterm", "NO_COLOR", "1"), () -> COLUMNS);
    }
}
