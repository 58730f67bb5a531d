package dev.ecdysis.examples;

/// What a process tells whoever started it: whole lines on standard output, each visible at once.
final class Console {
    private Console() {
    }

    /// One write for the line and its end, so that the lines of two generations do not mix in a shared pipe.
    static synchronized void line(String text) {
        System.out.print(text.concat("\n"));
        System.out.flush();
    }
}
