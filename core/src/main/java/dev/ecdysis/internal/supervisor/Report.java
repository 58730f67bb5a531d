package dev.ecdysis.internal.supervisor;

import dev.ecdysis.internal.thread.Survival;
import java.io.PrintStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// Lines on standard error, written by a thread of their own: nobody may read there, and signals must be passed on all
/// the same. What does not fit is dropped.
final class Report {
    private static final int MOST_LINES = 100;
    private static final int MOST_WARNINGS = 10;
    private static final long LAST_WORDS_MILLIS = 500;

    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(MOST_LINES);
    private final Thread writer;
    private int warnings;

    Report(PrintStream to) {
        writer = Thread.ofPlatform().daemon().name("ecdysis-run-report").unstarted(() -> write(to));
        writer.start();
    }

    private void write(PrintStream to) {
        try {
            for (String line = lines.take(); !line.isEmpty(); line = lines.take()) {
                print(line, to);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void print(String line, PrintStream to) {
        for (int tries = 1;; tries++) {
            try {
                to.println("ecdysis run: " + line);
                return;
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    void say(String line) {
        lines.offer(line);
    }

    /// Of something that a stranger can cause as often as he likes.
    void warn(String line) {
        if (warnings < MOST_WARNINGS) {
            warnings++;
            say(line + (warnings == MOST_WARNINGS ? "; further ones are not told" : ""));
        }
    }

    /// Waits until all is written, but not long.
    void end() {
        try {
            if (lines.offer("", LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS)) {
                writer.join(LAST_WORDS_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
