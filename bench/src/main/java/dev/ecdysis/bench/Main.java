package dev.ecdysis.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The program `ecdysis-bench`.
@Command(name = "java -jar ecdysis-bench.jar", synopsisSubcommandLabel = "COMMAND",
        description = {"Prints the figures of the library, with what a reader needs to judge them.", ""},
        footer = {
            "",
            "The load, the servers and whatever else runs share the cores of one machine: on a machine that does "
                    + "other work, only the count of failed requests means anything. Each command first watches the "
                    + "machine for a second, and prints the load average, how busy it was, which processes took "
                    + "more than a fifth of a core; and, while it measured, what other processes used and what the "
                    + "hypervisor took (steal).",
            "",
            "Figures go to standard output, progress to standard error. Servers run on the java that runs this, "
                    + "with no options, none from the environment either; only loopback is used, and every file is in a temporary folder."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured, and nothing was lost",
            "1:a request was lost, fewer were made than asked, an upgrade was not committed, or it could not be measured",
            "2:usage error"})
public final class Main {
    private static final int FAILED = 1;

    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
    private boolean help;

    private Main() {
    }

    /// Runs the command line and ends the process with its exit code.
    public static void main(String[] arguments) {
        System.exit(commandLine(writer(System.out), writer(System.err)).execute(arguments));
    }

    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return new CommandLine(new Main())
                .addSubcommand(new UpgradesCommand(out))
                .addSubcommand(new RequestCostCommand(out))
                .addSubcommand(new MicroCommand(out))
                .setOut(out)
                .setErr(err)
                .setUsageHelpWidth(100)
                .setExecutionExceptionHandler((problem, command, result) -> failed(problem, err));
    }

    private static int failed(Exception problem, PrintWriter err) {
        if (problem instanceof BenchException || problem instanceof IOException) {
            err.println("ecdysis-bench: " + problem.getMessage());
        } else {
            problem.printStackTrace(err);
        }
        return FAILED;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }
}
