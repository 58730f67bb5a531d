package dev.ecdysis.internal.preflight;

import dev.ecdysis.internal.launch.HandoverVariable;
import dev.ecdysis.internal.procfs.ProcFiles;
import dev.ecdysis.internal.procfs.Supervision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether somebody waits for this process and ends with it, and the container with both, though its successor serves: a
/// shell, sudo or an entrypoint between generation 0 and PID 1, or a runtime outside of the pid namespace.
///
/// Later generations are adopted when their predecessor has ended, and nobody waits for those.
public final class WaitingParent {
    /// The pid namespace of the machine itself has this number, PROC_PID_INIT_INO.
    private static final String OF_THE_MACHINE = "pid:[4026531836]";
    private static final String TAKES_ALONG = " and take the new version along; ";
    private static final String CURE = "have it follow the PID file and say so in " + Supervision.NAME
            + ", as the script in docs/operating.md does";

    private final Path proc;
    private final List<Ancestor> chain;
    private final boolean ofTheMachine;

    private WaitingParent(Path proc, List<Ancestor> chain, boolean ofTheMachine) {
        this.proc = proc;
        this.chain = chain;
        this.ofTheMachine = ofTheMachine;
    }

    /// What was found.
    ///
    /// @param certain whether the service ends for sure; else it depends on what a program does that is not known here
    /// @param text one line that names who waits, and says what to do
    public record Finding(boolean certain, String text) {
    }

    /// What is so now; empty when nothing is known that would end with this process.
    ///
    /// @param successor whether this process is of a later generation than 0
    public static Optional<Finding> find(boolean successor) {
        return find(Ancestor.ofThisProcess(), Supervision.ofThisProcess().isPresent(), successor);
    }

    /// The same with what is known already.
    ///
    /// @param chain this process and its ancestors
    /// @param followed whether somebody above says that he follows the PID file
    /// @param successor whether this process is of a later generation than 0
    static Optional<Finding> find(List<Ancestor> chain, boolean followed, boolean successor) {
        Path proc = Path.of("/proc");
        return followed ? Optional.empty() : find(proc, chain, successor, isOfTheMachine(proc));
    }

    /// With another `/proc`.
    static Optional<Finding> find(Path proc, long self, boolean successor, boolean ofTheMachine) {
        return find(proc, Ancestor.of(proc, self), successor, ofTheMachine);
    }

    private static Optional<Finding> find(Path proc, List<Ancestor> chain, boolean successor, boolean ofTheMachine) {
        int first = successor ? firstGeneration(proc, chain) : 0;
        return first < 0 || chain.isEmpty() ? Optional.empty()
                : new WaitingParent(proc, chain.subList(first, chain.size()), ofTheMachine).find();
    }

    private static boolean isOfTheMachine(Path proc) {
        try {
            return Files.readSymbolicLink(proc.resolve("self/ns/pid")).toString().equals(OF_THE_MACHINE);
        } catch (IOException e) {
            return false;
        }
    }

    /// Where generation 0 is in the chain of a successor; -1 when it, or a later one, has ended, and the next one was
    /// adopted.
    private static int firstGeneration(Path proc, List<Ancestor> chain) {
        for (int i = 0; i < chain.size() - 1; i++) {
            Optional<HandoverVariable> variable = variable(proc, chain.get(i).pid());
            if (variable.isEmpty()) {
                return i == 0 ? -1 : i;
            }
            if (variable.get().predecessor() != chain.get(i + 1).pid()) {
                return -1;
            }
        }
        return -1;
    }

    private static Optional<HandoverVariable> variable(Path proc, long pid) {
        try {
            return HandoverVariable.find(ProcFiles.zeroTerminated(proc.resolve(pid + "/environ")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<Finding> find() {
        Ancestor nearest = null;
        for (int i = 1; i < chain.size(); i++) {
            Ancestor parent = chain.get(i);
            Ancestor child = chain.get(i - 1);
            if (parent.asksForTheNextCommandAfter(child)) {
                return Optional.empty();
            }
            if (parent.pid() == 1) {
                return ofTheMachine ? Optional.empty() : init(parent, child, nearest);
            }
            switch (parent.kind()) {
                case SUPERVISOR -> {
                    return Optional.of(supervisor(parent));
                }
                case RUNTIME -> {
                    return Optional.of(perhaps(parent));
                }
                case INIT -> {
                    return Optional.empty();
                }
                case OTHER -> {
                    return isMainProgram(i) ? Optional.of(perhaps(parent)) : Optional.empty();
                }
                case SHELL, WAITER, SMALL_INIT -> nearest = nearest == null ? parent : nearest;
            }
        }
        return outside(chain.getLast(), nearest);
    }

    /// Whether a small init runs it: then it is what the container is for. What others do when a child has ended, a build
    /// tool for one, nobody can say, but a container is rarely for them.
    private boolean isMainProgram(int i) {
        return i + 1 < chain.size() && chain.get(i + 1).pid() == 1
                && chain.get(i + 1).kind() == Ancestor.Kind.SMALL_INIT && !ofTheMachine
                && ContainerInit.isMainChild(proc, chain.get(i).pid());
    }

    private Optional<Finding> init(Ancestor init, Ancestor child, @Nullable Ancestor nearest) {
        return switch (init.kind()) {
            case INIT -> Optional.empty();
            // Of its own child ContainerInit knows.
            case SMALL_INIT -> nearest != null && ContainerInit.isMainChild(proc, child.pid())
                    ? Optional.of(waits(nearest)) : Optional.empty();
            case SHELL, WAITER -> Optional.of(waits(nearest == null ? init : nearest));
            case SUPERVISOR -> Optional.of(supervisor(init));
            case RUNTIME, OTHER -> Optional.of(perhaps(init));
        };
    }

    private static Finding waits(Ancestor nearest) {
        return new Finding(true, nearest.text() + " waits for this process and would end with it, end the container"
                + TAKES_ALONG + CURE);
    }

    private static Finding perhaps(Ancestor unknown) {
        return new Finding(false, unknown.text() + " has started this process; if it ends with it, it would end the"
                + " container" + TAKES_ALONG + CURE);
    }

    private static Finding supervisor(Ancestor supervisor) {
        return new Finding(false, supervisor.text() + " watches this process, and would start the server again, or end"
                + " the new version, when the old one has ended; use stop and start, or let it run a script that follows"
                + " the PID file and says so in " + Supervision.NAME + ", as the one in docs/operating.md does");
    }

    /// The parent of the last one is in another pid namespace.
    private Optional<Finding> outside(Ancestor last, @Nullable Ancestor nearest) {
        if (last.stat().parent() != 0 || last.pid() == 1) {
            return Optional.empty();
        }
        String who = nearest == null ? "this process" : nearest.text() + ", which waits for this process,";
        // Containers that share a pid namespace have control groups of their own; what is only executed in one has not.
        return Optional.of(isOfAnotherContainer()
                ? new Finding(true, who + " is the first of its container, whose runtime would end what is left in it"
                        + TAKES_ALONG + CURE)
                : new Finding(false, who + " was started from outside of this pid namespace; whoever did that may end"
                        + " the container with it" + TAKES_ALONG + "let the container's own init or script start it"));
    }

    private boolean isOfAnotherContainer() {
        try {
            String own = Files.readString(proc.resolve(chain.getFirst().pid() + "/cgroup"));
            return !own.equals(Files.readString(proc.resolve("1/cgroup")));
        } catch (IOException e) {
            return false;
        }
    }
}
