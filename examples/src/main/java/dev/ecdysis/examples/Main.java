package dev.ecdysis.examples;

import dev.ecdysis.AbandonedException;
import java.io.IOException;

/// The command: `http` or `echo`, and the same options for both.
public final class Main {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    /// A message is for a reader at a terminal; what is longer than this is a bug in the message.
    private static final int MOST_LINES = 4;

    private Main() {
    }

    public static void main(String[] arguments) {
        int status = run(arguments);
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(String[] arguments) {
        try {
            if (Help.isAskedFor(arguments)) {
                Console.line(Help.text());
                return 0;
            }
            Options options = Options.parse(arguments);
            return new Server(options).run();
        } catch (UsageException e) {
            warn(e);
            return WRONG_USAGE;
        } catch (AbandonedException e) {
            warn(e);
            return e.isStopped() ? DONE : FAILED;
        } catch (IOException e) {
            warn(e);
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static void warn(Exception problem) {
        String message = problem.getMessage();
        System.err.println("ecdysis-examples: " + firstLines(message == null ? problem.toString() : message));
        System.err.flush();
    }

    static String firstLines(String message) {
        int end = -1;
        for (int line = 0; line < MOST_LINES; line++) {
            end = message.indexOf('\n', end + 1);
            if (end < 0) {
                return message;
            }
        }
        return message.substring(0, end);
    }
}
