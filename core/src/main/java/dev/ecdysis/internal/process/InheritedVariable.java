package dev.ecdysis.internal.process;

import dev.ecdysis.internal.launch.HandoverVariable;
import dev.ecdysis.internal.procfs.ProcFiles;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Tells a variable that a successor handed down to its children by mistake from one that is stale or forged.
///
/// A successor unsets the variable, but if it called `System.getenv()` before, the JVM puts its copy into the environment
/// of every child. What a process was started with stays in `/proc/PID/environ`, so the process that the variable was
/// meant for can be found: it is the oldest of our ancestors in a row that were started with the very same one, and no
/// predecessor is among them, because its own variable names another process. That one has taken the handover up if it
/// has the socket, or if the predecessor is gone. Otherwise somebody in between has lost the descriptor, which is an
/// error: the predecessor waits for an answer.
public final class InheritedVariable {
    /// More than anybody nests processes: a bound for a walk through a tree that changes meanwhile.
    private static final int MOST_ANCESTORS = 100;

    private InheritedVariable() {
    }

    /// Whether the handover was another process's, and this one is none of it.
    public static boolean wasTakenByAnAncestor(HandoverVariable variable) {
        if (variable.namesOurSocket()) {
            return false;
        }
        Optional<String> meant = oldestAncestorWith(variable);
        return meant.isPresent() && (holdsSocket(meant.get(), variable)
                || !Files.exists(Path.of("/proc", Long.toString(variable.predecessor()))));
    }

    private static Optional<String> oldestAncestorWith(HandoverVariable variable) {
        Optional<String> oldest = Optional.empty();
        Optional<String> next = parent("self");
        for (int i = 0; i < MOST_ANCESTORS && next.isPresent() && variable.isIn(next.get()); i++) {
            oldest = next;
            next = parent(next.get());
        }
        return oldest;
    }

    private static Optional<String> parent(String pid) {
        try {
            return ProcFiles.status(pid, "PPid");
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static boolean holdsSocket(String pid, HandoverVariable variable) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc", pid, "fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.readSymbolicLink(descriptor).toString().equals(variable.socket())) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return false; // ended, or not ours to look into
        }
        return false;
    }
}
