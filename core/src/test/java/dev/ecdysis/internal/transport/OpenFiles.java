package dev.ecdysis.internal.transport;

import dev.ecdysis.internal.posix.Fd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process has open, as the kernel sees it.
final class OpenFiles {
    private static final int O_CLOEXEC = 02000000;

    private OpenFiles() {
    }

    static int count() {
        String[] numbers = Path.of("/proc/self/fd").toFile().list();
        if (numbers == null) {
            throw new IllegalStateException("/proc is not mounted");
        }
        return numbers.length;
    }

    /// What a descriptor refers to, such as `pipe:[4711]`.
    static String identity(Fd fd) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd.number())).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean isCloseOnExec(Fd fd) {
        try {
            String flags = Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd.number())).stream()
                    .filter(line -> line.startsWith("flags:")).findFirst().orElseThrow();
            return (Integer.parseInt(flags.substring("flags:".length()).strip(), 8) & O_CLOEXEC) != 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
