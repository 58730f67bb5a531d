package dev.ecdysis.internal.process;

import dev.ecdysis.internal.launch.HandoverVariable;
import dev.ecdysis.internal.procfs.ProcFiles;
import dev.ecdysis.internal.procfs.Supervision;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Who succeeds whom, as somebody else can see it: by the variable of the handover in `/proc/PID/environ`.
public final class Successors {
    private static final Path PROC = Path.of("/proc");

    private Successors() {
    }

    /// Whom a process was started to succeed; empty when nobody.
    ///
    /// @throws IOException when it has ended, or is not ours to look into
    public static OptionalLong predecessorOf(long pid) throws IOException {
        Optional<HandoverVariable> variable = variableOf(Long.toString(pid));
        return variable.isPresent() ? OptionalLong.of(variable.get().predecessor()) : OptionalLong.empty();
    }

    private static Optional<HandoverVariable> variableOf(String pid) throws IOException {
        return HandoverVariable.find(ProcFiles.zeroTerminated(PROC.resolve(pid).resolve("environ")));
    }

    /// The processes below another one that hold the handover of a predecessor, and so may serve in its place.
    public static Set<Integer> of(long predecessor, long ancestor) {
        Set<Integer> found = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                String pid = process.getFileName().toString();
                if (holdsHandoverOf(predecessor, pid) && Supervision.isAncestor(ancestor, Long.parseLong(pid))) {
                    found.add(Integer.parseInt(pid));
                }
            }
        } catch (IOException | DirectoryIteratorException e) { // no /proc: then nobody is known
            return found;
        }
        return found;
    }

    private static boolean holdsHandoverOf(long predecessor, String pid) {
        try {
            Optional<HandoverVariable> variable = variableOf(pid);
            return variable.isPresent() && variable.get().predecessor() == predecessor
                    && InheritedVariable.holdsSocket(pid, variable.get());
        } catch (IOException e) { // ended, or not ours to look into
            return false;
        }
    }
}
