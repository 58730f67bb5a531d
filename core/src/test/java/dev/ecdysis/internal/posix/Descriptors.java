package dev.ecdysis.internal.posix;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/// What /proc says about our own descriptors.
public final class Descriptors {
    private static final File FOLDER = new File("/proc/self/fd");

    private Descriptors() {
    }

    /// The sockets, pipes, pidfds and eventfds of this process: number to what it is. Files are left out, because the
    /// JVM opens them as it loads classes, and so is what its own pollers have.
    public static SortedMap<Integer, String> open() {
        SortedMap<Integer, String> open = new TreeMap<>();
        String[] names = FOLDER.list();
        if (names == null) {
            throw new IllegalStateException(FOLDER + " cannot be read");
        }
        for (String name : names) {
            try {
                String target = Files.readSymbolicLink(FOLDER.toPath().resolve(name)).toString();
                if (target.startsWith("socket:") || target.startsWith("pipe:")
                        || target.contains("[pidfd]")) {
                    open.put(Integer.valueOf(name), target);
                }
            } catch (IOException e) {
                // Closed since it was listed.
            }
        }
        return open;
    }

    /// What a descriptor refers to, such as `socket:[4711]`: the inode says whether two are the same socket.
    public static String target(Fd fd) {
        try {
            return Files.readSymbolicLink(FOLDER.toPath().resolve(Integer.toString(fd.number()))).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static boolean isNonBlocking(Fd fd) {
        return (flags(fd) & 0x800) != 0;
    }

    public static boolean isCloseOnExec(Fd fd) {
        return (flags(fd) & 0x80000) != 0;
    }

    private static int flags(Fd fd) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd.number()))) {
                if (line.startsWith("flags:")) {
                    return Integer.parseInt(line.substring("flags:".length()).strip(), 8);
                }
            }
            throw new IllegalStateException("no flags of " + fd);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
