package dev.ecdysis.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import picocli.CommandLine.Help;

/// One of the two standard streams and what it can show.
///
/// @param live whether a line can be rewritten in place
/// @param coloured whether colours are shown
/// @param columns how wide it is, asked only where that matters
record Screen(PrintWriter writer, boolean live, boolean coloured, IntSupplier columns) {
    /// Standard output (descriptor 1) or standard error (2) of this process.
    static Screen ofProcess(PrintWriter writer, int descriptor, Map<String, String> environment) {
        return of(writer, Terminal.isTerminal(descriptor), environment,
                () -> Terminal.columns(descriptor, environment));
    }

    /// A terminal without TERM, or with TERM=dumb, gets plain lines; NO_COLOR with any value takes the
    /// colours.
    static Screen of(PrintWriter writer, boolean terminal, Map<String, String> environment, IntSupplier columns) {
        String type = environment.getOrDefault("TERM", "");
        boolean live = terminal && !type.isEmpty() && !type.equals("dumb");
        return new Screen(writer, live, live && environment.getOrDefault("NO_COLOR", "").isEmpty(), columns);
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
