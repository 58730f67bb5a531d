package dev.ecdysis.internal.procfs;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/// Who was started by whom.
public final class ChildProcesses {
    private static final Path PROC = Path.of("/proc");

    private ChildProcesses() {
    }

    /// The first child of a process with one thread that starts only one; empty when it has none.
    public static OptionalInt firstOf(int parent) throws IOException {
        Path list = PROC.resolve(parent + "/task/" + parent + "/children");
        if (!Files.exists(list)) {
            return search(parent); // a kernel without CONFIG_PROC_CHILDREN, or it has ended
        }
        String text = Files.readString(list).strip();
        try {
            return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text.split(" ", -1)[0]));
        } catch (NumberFormatException e) {
            throw new IOException(list + " is not as proc(5) says", e);
        }
    }

    private static OptionalInt search(int parent) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                int pid = Integer.parseInt(process.getFileName().toString());
                if (isChild(parent, pid)) {
                    return OptionalInt.of(pid);
                }
            }
            return OptionalInt.empty();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /// Whether one is the parent of the other by now.
    public static boolean isChild(int parent, int pid) {
        try {
            return ProcessStat.read(PROC, pid).parent() == parent;
        } catch (IOException e) { // ended
            return false;
        }
    }
}
