package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A server in the foreground of a terminal that is closed, and commands that show on one what they do. `script` makes
/// the terminal, and its end closes it.
@Tag("slow")
class TerminalTest {
    private static final Path SCRIPT = Path.of("/usr/bin/script");
    /// Less than any line of progress needs.
    private static final int COLUMNS = 40;
    private static final String REWIND = "\r\033\\[K";
    private static final String ERASE = "\r\033\\[2K";

    @RegisterExtension
    final Servers servers = new Servers();

    @RegisterExtension
    final Commands commands = new Commands();

    @BeforeEach
    void thereIsATerminal() {
        Assumptions.assumeTrue(Files.isExecutable(SCRIPT), "SKIPPED: there is no script; install bsdutils");
    }

    @Test
    void anUpgradeIsShownInOneLineAsWideAsTheTerminal() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "500ms"));
        String shown = onATerminal("upgrade", "--control", chain.control().toString());

        assertThat(shown).contains("Upgraded: generation 1 serves").doesNotContain("Exception");
        List<String> redrawn = Stream.of(shown.split(REWIND, -1)).filter(line -> !line.contains("\n")).toList();
        assertThat(redrawn).anyMatch(line -> line.contains("initialising: "))
                .anyMatch(line -> line.contains("probation: "))
                .allMatch(line -> line.length() < COLUMNS);
        chain.assertEnds();
    }

    @Test
    void theDemoCountsInOneLineAndDrawsASparkline() throws Exception {
        Path report = commands.folder().resolve("report.html");
        String shown = onATerminal("demo", "--duration", "1s", "--rate", "50", "--upgrades", "1", "--no-contrast",
                "--report", report.toString());

        assertThat(shown).contains("plot: " + report, "longest latency of each").containsPattern("[▁-█]{5}");
        assertThat(Stream.of(shown.split(ERASE, -1)).filter(line -> line.contains(" answered "))).isNotEmpty()
                .allMatch(line -> line.replaceAll("\033\\[\\d+m", "").length() < COLUMNS);
    }

    /// What a command that ends well shows on a narrow terminal.
    private String onATerminal(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Launch.JAVA, "-Decdysis.home=" + System.getProperty("ecdysis.home")));
        command.addAll(Launch.LIGHT);
        command.addAll(Launch.jar("ecdysis.demo.jar"));
        command.addAll(List.of(arguments));
        String onNarrow = "stty cols " + COLUMNS + "; exec " + String.join(" ", command);
        Map<String, String> environment = Map.of("TERM", "xterm", "LC_ALL", "C.UTF-8", "COLUMNS", "", "NO_COLOR", "");
        return commands.start(environment, List.of(SCRIPT.toString(), "-q", "-e", "-c", onNarrow, "/dev/null")).end(0)
                .out();
    }

    @Test
    void theServerEndsWithItsTerminal() throws Exception {
        Launch example = Launch.example("http", "--listen", "tcp:127.0.0.1:0");
        String command = "exec " + String.join(" ", example.command());
        Chain chain = servers.start(new Launch(List.of(SCRIPT.toString(), "-q", "-c", command, "/dev/null"),
                example.environment()));
        long server = chain.status().pid();

        Processes.signal(chain.first().pid(), Processes.KILL);

        Await.until("the server is gone", () -> !Processes.isAlive(server));
        chain.assertNothingLeft();
    }
}
