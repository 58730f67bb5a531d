package dev.ecdysis.demo;

import dev.ecdysis.cli.Terminal;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.IntSupplier;

/// One of the two standard streams and what it can show.
///
/// @param live whether a line can be rewritten in place
/// @param coloured whether colours are shown
/// @param unicode whether block characters can be shown
/// @param columns how wide it is, asked only where that matters
record Screen(PrintWriter writer, boolean live, boolean coloured, boolean unicode, IntSupplier columns) {
    /// Standard output (descriptor 1) or standard error (2) of this process.
    static Screen ofProcess(PrintWriter writer, int descriptor) {
        String property = descriptor == 1 ? "stdout.encoding" : "stderr.encoding";
        Charset charset = Charset.forName(System.getProperty(property, "US-ASCII"),
                StandardCharsets.US_ASCII);
        Map<String, String> environment = System.getenv();
        return of(writer, Terminal.isTerminal(descriptor), charset, environment,
                () -> Terminal.columns(descriptor, environment));
    }

    /// A terminal without TERM, or with TERM=dumb, gets plain lines; NO_COLOR with any value takes the
    /// colours.
    static Screen of(PrintWriter writer, boolean terminal, Charset charset, Map<String, String> environment,
            IntSupplier columns) {
        String type = environment.getOrDefault("TERM", "");
        boolean live = terminal && !type.isEmpty() && !type.equals("dumb");
        boolean coloured = live && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Screen(writer, live, coloured, live && charset.equals(StandardCharsets.UTF_8),
                columns);
    }

    String red(String text) {
        return paint("31", text);
    }

    String green(String text) {
        return paint("32", text);
    }

    String dim(String text) {
        return paint("2", text);
    }

    private String paint(String code, String text) {
        return coloured ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
