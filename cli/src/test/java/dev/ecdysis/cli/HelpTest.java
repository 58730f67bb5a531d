package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.cli.Shell.Ended;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// What the command line says of itself, and what others add to it.
class HelpTest {
    private final Shell shell = new Shell();

    @ParameterizedTest
    @ValueSource(
            strings = {"--help", "-h", "upgrade --help", "status --help", "stop --help", "doctor --help"})
    void listsTheExitCodes(String line) {
        Ended ended = shell.run(line.split(" "));

        assertThat(ended.status()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).contains("Exit codes:", "  0   committed, or done", "  1   failed",
                "  2   usage error",
                "  3   refused", "  4   rolled back", "  5   nobody reachable");
        assertThat(ended.out().lines()).allMatch(text -> text.length() <= 80);
        assertThat(shell.server.asked).isEmpty();
    }

    @Test
    void namesTheOptionsAndTheVariable() {
        assertThat(shell.run("upgrade", "--help").out()).contains("--control=PATH", "ECDYSIS_CONTROL",
                "--timeout=DURATION", "--json", "--wait-drain", "[OPTIONS] [-- PROGRAM [ARGUMENT...]]");
        assertThat(shell.run("--help").out()).contains("upgrade", "status", "stop", "doctor", "--version");
    }

    @Test
    void runHasExitCodesOfItsOwn() {
        Ended ended = shell.run("run", "--help");
        assertThat(ended.status()).isZero();
        assertThat(ended.out()).contains("ecdysis run -- PROGRAM [ARGUMENT...]", "Exit codes:", "  N ", "  125 ",
                "  126 ", "  127 ", "128 and the signal").doesNotContain("rolled back");
        assertThat(ended.out().lines()).allMatch(text -> text.length() <= 80);
    }

    @Test
    void runNeedsAProgramAfterTheDashes() {
        for (String line : new String[] {"run", "run --", "run java", "run java -- -version", "run -- "}) {
            Ended ended = shell.run(line.split(" ", -1));
            assertThat(ended.status()).as(line).isEqualTo(2);
            assertThat(ended.err()).as(line).contains("the program to start comes after --");
        }
    }

    @Test
    void tellsItsVersion() {
        assertThat(shell.run("--version")).satisfies(ended -> {
            assertThat(ended.status()).isZero();
            assertThat(ended.out()).startsWith("ecdysis ").contains("Java " + Runtime.version());
            assertThat(ended.err()).isEmpty();
        });
    }

    @Test
    void aTypingErrorGetsASuggestion() {
        assertThat(shell.run("upgarde").err()).contains("Did you mean: ecdysis upgrade?");
    }

    /// A subcommand from elsewhere.
    @Command(name = "demo")
    static final class Demo implements Callable<Integer> {
        @CommandLine.Option(names = "--json")
        boolean json;

        @CommandLine.Option(names = "--fail")
        boolean fail;

        @Override
        public Integer call() {
            if (fail) {
                throw new IllegalStateException("json " + json);
            }
            return 42;
        }
    }

    @Test
    void takesSubcommandsOfOthersWithOurErrors() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Main.commandLine(new PrintWriter(out), new PrintWriter(err))
                .addSubcommand("demo", new Demo());

        assertThat(commandLine.execute("demo")).isEqualTo(42);
        assertThat(commandLine.execute("demo", "--fail", "--json")).isEqualTo(1);
        assertThat(new Ended(1, out.toString(), err.toString()).json().get("error").stringValue())
                .isEqualTo("unexpected error: java.lang.IllegalStateException: json true");
        assertThat(commandLine.execute("demo", "--nonsense")).isEqualTo(2);
        assertThat(err.toString()).contains("Unknown option: '--nonsense'", "Try 'ecdysis demo --help'.");
    }

    @Test
    void aDefectShowsItsStackTraceOnlyOnRequest() {
        shell.server.failing("status", new IllegalStateException("a defect"));

        assertThat(shell.run("status", "--control", "/s").err()).isEqualTo("ecdysis: unexpected error: "
                + "java.lang.IllegalStateException: a defect (set -Decdysis.debug=true to see where it comes from)\n");
        shell.debug = true;
        assertThat(shell.run("status", "--control", "/s").err()).contains("    at dev.ecdysis.cli.HelpTest.");
    }
}
