package dev.ecdysis.internal.log;

/// Text of somebody else's, an exception's message or a peer's reason, as it may stand in a log, a result and a frame:
/// one line, and short enough that the frame can be sent.
public final class OneLine {
    static final int LONGEST = 1_000;

    private OneLine() {
    }

    public static String of(String text) {
        String line = cut(text).replaceAll("\\R", " ");
        return line.strip();
    }

    /// What went wrong; many exceptions say it with their class alone.
    public static String of(Throwable failure) {
        String message = failure.getMessage();
        return of(message == null || message.isBlank() ? failure.getClass().getName() : message);
    }

    /// Not within a character that takes two of Java's.
    private static String cut(String text) {
        if (text.length() <= LONGEST) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST);
    }
}
