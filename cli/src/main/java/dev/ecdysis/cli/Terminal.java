package dev.ecdysis.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the kernel knows of a standard stream of this process: whether it is a terminal, and how wide.
///
/// [java.io.Console#isTerminal()] answers for standard input and output together and cannot be asked about
/// standard error. `ecdysis upgrade </dev/null` has a terminal to show progress on, and `ecdysis upgrade
/// --json | jq` has one on standard error; so each descriptor is looked up by itself.
public final class Terminal {
    /// What is taken for granted when nothing is known.
    public static final int COLUMNS_USUAL = 80;

    private static final int COLUMNS_LEAST = 10;
    private static final int COLUMNS_MOST = 500;
    private static final Pattern SIZE = Pattern.compile("\\d{1,9} (\\d{1,9})\\s*");
    private static final int ANSWER_MILLIS = 1_000;

    private Terminal() {
    }

    /// Whether a file descriptor of this process is a terminal. What cannot be told is none.
    public static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of(link(descriptor))).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException _) {
            return false;
        }
    }

    /// How many characters fit into a line of the terminal that a descriptor of this process is, 10 to 500. The
    /// variable `COLUMNS` comes first, as POSIX has it; few shells export it, so [stty(1)](
    /// https://man7.org/linux/man-pages/man1/stty.1.html) is asked: that takes a few milliseconds, and no more than
    /// a second.
    public static int columns(int descriptor, Map<String, String> environment) {
        Matcher given = SIZE.matcher("0 " + environment.getOrDefault("COLUMNS", ""));
        return within(given.matches() ? given : SIZE.matcher(sizeOf(descriptor)));
    }

    private static int within(Matcher size) {
        // A terminal that was never told its size has 0.
        int columns = size.matches() ? Integer.parseInt(size.group(1)) : 0;
        return columns == 0 ? COLUMNS_USUAL : Math.clamp(columns, COLUMNS_LEAST, COLUMNS_MOST);
    }

    private static String sizeOf(int descriptor) {
        Process stty = null;
        try {
            stty = new ProcessBuilder("stty", "size").redirectInput(new File(link(descriptor)))
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            return stty.waitFor(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
                    ? new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII) : "";
        } catch (IOException _) {
            return "";
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "";
        } finally {
            if (stty != null) {
                stty.destroyForcibly();
            }
        }
    }

    private static String link(int descriptor) {
        return "/proc/self/fd/" + descriptor;
    }
}
