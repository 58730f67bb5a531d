package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Text from elsewhere, made fit to print.
class PrintableTest {
    @Test
    void whatControlsATerminalBecomesVisible() {
        assertThat(Printable.label("\u001b[31m\u0007\u0000\u007f\u009b"))
                .isEqualTo("\\x1b[31m\\x07\\x00\\x7f\\x9b");
        assertThat(Printable.label("a\nb\rc")).isEqualTo("a\\nb\\rc");
        assertThat(Printable.label("\u202e\u2066\u2028\ufeff\u200b"))
                .isEqualTo("\\u{202e}\\u{2066}\\u{2028}\\u{feff}"
                        + "\\u{200b}");
        assertThat(Printable.label("\ud800x\udc00")).isEqualTo("\\u{d800}x\\u{dc00}");
        assertThat(Printable.label("\ue000")).isEqualTo("\\u{e000}");
        assertThat(Printable.label("\tx")).isEqualTo("    x");
    }

    @Test
    void lettersOfEveryScriptStay() {
        assertThat(Printable.label("Häutung 脱皮 🦋 C:\\x")).isEqualTo("Häutung 脱皮 🦋 C:\\x");
    }

    @Test
    void longTextIsCutBetweenCharacters() {
        assertThat(Printable.label("x".repeat(120))).hasSize(120);
        assertThat(Printable.label("x".repeat(121))).isEqualTo("x".repeat(120) + "...");
        assertThat(Printable.label("x".repeat(119) + "🦋")).isEqualTo("x".repeat(119) + "...");
        assertThat(Printable.label("\u001b".repeat(31))).isEqualTo("\\x1b".repeat(30) + "...");
    }

    @Test
    void theLastEntriesAreKept() {
        assertThat(Printable.last(List.of("a", "b", "c"), 2, entry -> "- " + entry)).extracting(Line::text)
                .containsExactly("- (1 earlier left out)", "- b", "- c");
        assertThat(Printable.last(List.of("a", "b"), 2, entry -> entry)).extracting(Line::text)
                .containsExactly("a", "b");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "127, 127", "130, 130 (SIGINT)", "137, 137 (SIGKILL)", "139, 139 (SIGSEGV)",
        "143, 143 (SIGTERM)", "190, 190"})
    void exitStatusesNameTheirSignal(int status, String text) {
        assertThat(ExitStatusText.of(status)).isEqualTo(text);
    }
}
