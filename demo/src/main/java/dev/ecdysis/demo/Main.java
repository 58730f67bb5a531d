package dev.ecdysis.demo;

import java.io.PrintStream;
import java.io.PrintWriter;
import picocli.CommandLine;

/// The program `ecdysis` as the launcher script runs it: the command line, and `demo`.
public final class Main {
    private Main() {
    }

    /// Runs the command line and ends the process with its exit code.
    public static void main(String[] arguments) {
        System.exit(commandLine(writer(System.out), writer(System.err)).execute(arguments));
    }

    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return commandLine(out, err, new DemoCommand(Screen.ofProcess(out, 1), Screen.ofProcess(err, 2),
                ExampleServer::inTemporaryFolder, DemoOptions.WARM_UP));
    }

    static CommandLine commandLine(PrintWriter out, PrintWriter err, DemoCommand demo) {
        CommandLine root = dev.ecdysis.cli.Main.commandLine(out, err);
        // picocli gives settings to the subcommands that are there when they are set.
        CommandLine added = new CommandLine(demo).setOut(root.getOut()).setErr(root.getErr())
                .setColorScheme(root.getColorScheme());
        return root.addSubcommand(added);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }
}
