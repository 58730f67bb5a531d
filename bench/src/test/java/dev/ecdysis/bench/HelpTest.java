package dev.ecdysis.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    /// Texts are format strings to picocli, which warns of those that it cannot format, and shows them as they are.
    @ParameterizedTest
    @ValueSource(strings = {"--help", "upgrades --help", "request-cost --help", "micro --help"})
    void isShownWithoutWarnings(String line) {
        StringWriter out = new StringWriter();
        ByteArrayOutputStream warnings = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(warnings, true, StandardCharsets.UTF_8));
        try {
            assertThat(Main.commandLine(new PrintWriter(out), new PrintWriter(out)).execute(line.split(" ", -1)))
                    .isZero();
        } finally {
            System.setErr(before);
        }
        assertThat(warnings.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(out.toString()).contains("Usage:").doesNotContain("%%", "%n");
    }
}
