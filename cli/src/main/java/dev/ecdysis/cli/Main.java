package dev.ecdysis.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import picocli.CommandLine;

/// The program `ecdysis`.
public final class Main {
    private Main() {
    }

    /// Runs the command line and ends the process with its exit code; nothing else in this package ends it.
    public static void main(String[] arguments) {
        System.exit(run(arguments, writer(System.out), writer(System.err)));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }

    /// Runs the command line.
    ///
    /// @return the exit code, as `ecdysis --help` explains them
    static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        return commandLine(out, err).execute(arguments);
    }

    /// The command line with all its subcommands, to which a caller may add its own with
    /// [CommandLine#addSubcommand(String, Object)]; errors of those are reported in the same way as ours.
    ///
    /// @param out stands for the process's standard output: whether progress is rewritten in place and
    ///        coloured is decided by what file descriptor 1 is
    /// @param err stands for standard error and descriptor 2
    public static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return commandLine(Surroundings.ofProcess(out, err));
    }

    static CommandLine commandLine(Surroundings surroundings) {
        var root = new CommandLine(new RootCommand());
        for (Subcommand subcommand : Subcommand.all(surroundings)) {
            root.addSubcommand(subcommand);
        }
        root.getCommandSpec().usageMessage().exitCodeList(ExitCode.meanings());
        root.getSubcommands().values()
                .forEach(sub -> sub.getCommandSpec().usageMessage().exitCodeList(ExitCode.meanings()));
        var supervisor = new CommandLine(new RunCommand(surroundings));
        supervisor.getCommandSpec().usageMessage().exitCodeList(RunCommand.exitCodes());
        root.addSubcommand(supervisor);
        var unit = new CommandLine(new SystemdUnitCommand(surroundings)).setCaseInsensitiveEnumValuesAllowed(true);
        unit.getCommandSpec().usageMessage().exitCodeList(SystemdUnitCommand.exitCodes());
        root.addSubcommand(unit);
        ErrorHandlers handlers = new ErrorHandlers(surroundings);
        return root.setOut(surroundings.out().writer())
                .setErr(surroundings.err().writer())
                .setExpandAtFiles(false)
                .setColorScheme(surroundings.out().helpColours())
                .setParameterExceptionHandler(handlers::usage)
                .setExecutionExceptionHandler(handlers::unexpected);
    }
}
