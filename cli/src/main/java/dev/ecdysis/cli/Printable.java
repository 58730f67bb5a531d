package dev.ecdysis.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Text from elsewhere, made fit to print: a version label or a successor's last words may hold whatever a
/// program wrote, such as a sequence that retitles or rewrites the operator's terminal.
final class Printable {
    /// Longest label, name or address, in characters.
    static final int LABEL = 120;
    /// Longest sentence.
    static final int SENTENCE = 1000;
    /// Longest line of a program's output.
    static final int OUTPUT_LINE = 500;

    private static final String CUT = "...";

    private Printable() {
    }

    static String label(String text) {
        return text(text, LABEL);
    }

    static String sentence(String text) {
        return text(text, SENTENCE);
    }

    static String outputLine(String text) {
        return text(text, OUTPUT_LINE);
    }

    /// At most so many characters, each of which prints as itself: everything that controls a terminal or the
    /// order of characters on it becomes a visible escape.
    private static String text(String text, int atMost) {
        StringBuilder safe = new StringBuilder();
        int index = 0;
        while (index < text.length()) {
            int codePoint = text.codePointAt(index);
            String shown = shown(codePoint);
            if (safe.length() + shown.length() > atMost) {
                return safe + CUT;
            }
            safe.append(shown);
            index += Character.charCount(codePoint);
        }
        return safe.toString();
    }

    private static String shown(int codePoint) {
        return switch (codePoint) {
            case '\t' -> "    ";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            default -> switch (Character.getType(codePoint)) {
                case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED,
                        Character.PRIVATE_USE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                    codePoint < 0x100 ? "\\x%02x".formatted(codePoint) : "\\u{%x}".formatted(codePoint);
                default -> Character.toString(codePoint);
            };
        };
    }

    /// The last entries of a list as plain lines, and how many went before them.
    static List<Line> last(List<String> entries, int atMost, Function<String, String> line) {
        int left = Math.max(0, entries.size() - atMost);
        List<Line> lines = new ArrayList<>();
        if (left > 0) {
            lines.add(Line.plain(line.apply("(" + left + " earlier left out)")));
        }
        entries.subList(left, entries.size()).forEach(entry -> lines.add(Line.plain(line.apply(entry))));
        return lines;
    }
}
