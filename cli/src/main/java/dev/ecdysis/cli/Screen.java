package dev.ecdysis.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help;

/// One of the two standard streams and what it can show.
///
/// [java.io.Console#isTerminal()] answers for standard input and output together and cannot be asked about
/// standard error. `ecdysis upgrade </dev/null` has a terminal to show progress on, and `ecdysis upgrade
/// --json | jq` has one on standard error; so each descriptor is looked up by itself.
///
/// @param live whether a line can be rewritten in place
/// @param coloured whether colours are shown
record Screen(PrintWriter writer, boolean live, boolean coloured) {
    /// A terminal without TERM, or with TERM=dumb, gets plain lines; NO_COLOR with any value takes the
    /// colours.
    static Screen of(PrintWriter writer, boolean terminal, Map<String, String> environment) {
        String type = environment.getOrDefault("TERM", "");
        boolean live = terminal && !type.isEmpty() && !type.equals("dumb");
        return new Screen(writer, live, live && environment.getOrDefault("NO_COLOR", "").isEmpty());
    }

    /// Whether a file descriptor of this process is a terminal. What cannot be told is none.
    static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException _) {
            return false;
        }
    }

    /// The colours of picocli's help: it would look at the console itself, and get a pipe wrong.
    Help.ColorScheme helpColours() {
        return Help.defaultColorScheme(coloured ? Help.Ansi.ON : Help.Ansi.OFF);
    }

    void print(List<Line> lines) {
        for (Line line : lines) {
            writer.println(coloured ? line.painted() : line.text());
        }
        writer.flush();
    }
}
