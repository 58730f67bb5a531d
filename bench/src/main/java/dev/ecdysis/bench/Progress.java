package dev.ecdysis.bench;

/// What is under way, for whoever waits: standard output is for the figures.
final class Progress {
    private Progress() {
    }

    static void say(String line) {
        System.err.println(line);
    }
}
