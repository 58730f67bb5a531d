package dev.ecdysis.internal.procfs;

import dev.ecdysis.internal.posix.Posix;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What [proc(5)](https://man7.org/linux/man-pages/man5/proc.5.html) says of a process.
public final class ProcFiles {
    /// More than the kernel lets through exec: a bound, not a limit anybody meets.
    private static final int MOST_BYTES = 8 << 20;
    private static final Path SELF = Path.of("/proc/self");

    private ProcFiles() {
    }

    /// What this process was started with. `/proc/self/environ` belongs to root in a process that may not be dumped, such
    /// as one with file capabilities; the C library has it too.
    public static List<byte[]> environment(Posix posix) throws IOException {
        try {
            return zeroTerminated(Path.of("/proc/self/environ"));
        } catch (AccessDeniedException e) {
            return posix.environment();
        }
    }

    /// What a variable of such an environment says; the first counts when it is there twice.
    public static Optional<byte[]> variable(List<byte[]> environment, String name) {
        byte[] start = (name + "=").getBytes(StandardCharsets.UTF_8);
        for (byte[] entry : environment) {
            if (entry.length >= start.length
                    && Arrays.equals(entry, 0, start.length, start, 0, start.length)) {
                return Optional.of(Arrays.copyOfRange(entry, start.length, entry.length));
            }
        }
        return Optional.empty();
    }

    /// The strings of `/proc/self/cmdline` or `/proc/self/environ`: each ends in a zero, and empty ones count.
    public static List<byte[]> zeroTerminated(Path file) throws IOException {
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes(MOST_BYTES);
        } catch (NoSuchFileException e) {
            throw Files.exists(SELF) ? e
                    : new IOException("/proc is not mounted, and upgrades need it: mount -t proc proc /proc", e);
        }
        List<byte[]> strings = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == 0) {
                strings.add(Arrays.copyOfRange(content, start, i));
                start = i + 1;
            }
        }
        if (start < content.length) {
            strings.add(Arrays.copyOfRange(content, start, content.length));
        }
        return strings;
    }

    /// A line of `/proc/PID/status`, such as `SigIgn`.
    public static Optional<String> status(String pid, String key) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
            if (line.startsWith(key + ":")) {
                return Optional.of(line.substring(key.length() + 1).strip());
            }
        }
        return Optional.empty();
    }

    /// What `/proc/self/fd/N` points to, such as `socket:[12345]`; empty when N is not open.
    public static Optional<String> descriptor(int number) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(number))).toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
