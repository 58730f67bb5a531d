package dev.ecdysis.internal.preflight;

import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.procfs.ProcessStat;
import dev.ecdysis.internal.procfs.Supervision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// Whether the container would end with this process, though its successor serves.
///
/// The small inits end with the one program that they were told to run, whatever else they have adopted by then. Before
/// this process has been replaced for the first time, it may be that program; from then on that is another one. Of whoever
/// stands between them and this process [WaitingParent] knows.
public final class ContainerInit {
    /// As `/proc/1/comm` has them: what Docker, Podman and images use.
    private static final Set<String> END_WITH_THEIR_CHILD = Set.of("tini", "tini-static", "docker-init", "dumb-init",
            "catatonit");
    private static final String CURE = "start the server with ecdysis run -- java ..., or have an init run a script that"
            + " starts it and waits for what the PID file names (docs/operating.md)";

    private ContainerInit() {
    }

    /// Why a successor would be taken along, one line that says what to do; empty when nothing is known that would.
    public static Optional<String> obstacle() {
        return Supervision.ofThisProcess().isPresent() ? Optional.empty()
                : obstacle(Path.of("/proc"), OwnProcess.pid());
    }

    /// With another `/proc`.
    static Optional<String> obstacle(Path proc, long self) {
        if (self == 1) {
            return Optional.of("this process is PID 1 of its container, and its exit would take the new version along; "
                    + CURE);
        }
        try {
            String init = Files.readString(proc.resolve("1/comm")).strip();
            return END_WITH_THEIR_CHILD.contains(init) && isMainChild(proc, self)
                    ? Optional
                            .of(init + " runs nothing but this process, and would end with it and take the new version"
                                    + " along; " + CURE)
                    : Optional.empty();
        } catch (IOException e) { // hidden: then it is not known
            return Optional.empty();
        }
    }

    /// Whether PID 1 was told to run this process: it is the first of its children, because what it has adopted came
    /// later.
    static boolean isMainChild(Path proc, long pid) {
        try {
            if (ProcessStat.read(proc, pid).parent() != 1) {
                return false;
            }
            Path children = proc.resolve("1/task/1/children");
            // Not every kernel has it.
            return !Files.exists(children)
                    || Files.readString(children).strip().split(" +", 2)[0].equals(Long.toString(pid));
        } catch (IOException e) { // hidden: then it is not known
            return false;
        }
    }
}
