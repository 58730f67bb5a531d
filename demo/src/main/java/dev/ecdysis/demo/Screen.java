package dev.ecdysis.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// One of the two standard streams and what it can show.
///
/// @param live whether a line can be rewritten in place
/// @param coloured whether colours are shown
/// @param unicode whether block characters can be shown
/// @param columns how wide it is
record Screen(PrintWriter writer, boolean live, boolean coloured, boolean unicode, int columns) {
    private static final int COLUMNS_USUAL = 80;
    private static final int COLUMNS_MOST = 200;

    /// Standard output (descriptor 1) or standard error (2) of this process.
    static Screen ofProcess(PrintWriter writer, int descriptor) {
        String property = descriptor == 1 ? "stdout.encoding" : "stderr.encoding";
        Charset charset = Charset.forName(System.getProperty(property, "US-ASCII"),
                StandardCharsets.US_ASCII);
        return of(writer, isTerminal(descriptor), charset, System.getenv());
    }

    /// A terminal without TERM, or with TERM=dumb, gets plain lines; NO_COLOR with any value takes the
    /// colours.
    static Screen of(PrintWriter writer, boolean terminal, Charset charset, Map<String, String> environment) {
        String type = environment.getOrDefault("TERM", "");
        boolean live = terminal && !type.isEmpty() && !type.equals("dumb");
        boolean coloured = live && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Screen(writer, live, coloured, live && charset.equals(StandardCharsets.UTF_8),
                columns(environment.getOrDefault("COLUMNS", "")));
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

    private static int columns(String text) {
        try {
            return Math.clamp(Integer.parseInt(text), 20, COLUMNS_MOST);
        } catch (NumberFormatException e) {
            return COLUMNS_USUAL;
        }
    }

    /// The JDK's console answers for standard input and output together, and not for standard error at all.
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
