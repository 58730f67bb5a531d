package dev.ecdysis.internal.supervisor;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// Which process serves, which others there are, and when all is over. No I/O, no clock: what happened is told, with
/// the time.
///
/// The service is over when whoever served last has ended, and nobody is left that may serve in its place:
///
/// - a process that holds the handover of the one that has ended is like generation 0 at its start, and may take all
///   the time it needs;
/// - a predecessor whose successor was on probation takes back what it had given;
/// - at a stop, each ends by itself, and its own deadline is the limit;
/// - one that drains after a commit does not serve again. It may end what it began, briefly: the restart waits for it.
final class Generations {
    /// What a predecessor may take to serve again: its resources have limits of their own.
    static final Duration TAKE_BACK = Duration.ofMinutes(1);
    /// What requests of ordinary length need. Nobody accepts new connections meanwhile.
    static final Duration LAST_REQUESTS = Duration.ofSeconds(5);
    private static final int UNKNOWN_STATUS = 1;

    private final Set<Integer> living = new LinkedHashSet<>();
    private final Set<Integer> heirs = new HashSet<>();
    private int main;
    private boolean serving = true;
    private boolean everReady;
    private boolean decided;
    private boolean stopping;
    private long endedNanos;
    private OptionalInt status = OptionalInt.empty();
    private OptionalInt afterwards = OptionalInt.empty();

    /// @param first what was started
    Generations(int first) {
        main = first;
        living.add(first);
    }

    /// Who serves, or has served last.
    int main() {
        return main;
    }

    /// Those that have not ended, in the order in which they became known.
    List<Integer> living() {
        return List.copyOf(living);
    }

    boolean knows(int pid) {
        return living.contains(pid);
    }

    /// Whether nobody has said yet that it is ready: what was started may be a script that generation 0 is a child of.
    boolean isStarting() {
        return !everReady;
    }

    /// Whether this process is, or was last, in a place to have a successor.
    boolean mayHaveSuccessor(long pid) {
        return pid == main || living.contains((int) pid);
    }

    /// To whom a signal goes. While nobody serves, to all that are left: each may have to stop.
    List<Integer> targets() {
        return serving ? List.of(main) : living();
    }

    /// This process serves from now on.
    ///
    /// @return whether that is news
    boolean serves(int pid) {
        if (serving && pid == main) {
            return false;
        }
        main = pid;
        serving = true;
        decided = false;
        stopping = false;
        living.add(pid);
        heirs.remove(pid);
        status = OptionalInt.empty();
        afterwards = OptionalInt.empty();
        return true;
    }

    /// It is there to stay: nobody takes back what it has.
    void ready(int pid) {
        if (serving && pid == main) {
            everReady = true;
            decided = true;
        }
    }

    /// The service is being stopped: whoever served before may have requests to end.
    void stops(int pid) {
        stopping |= knows(pid);
    }

    /// A process has ended, or its exit status has become known later.
    ///
    /// @param code empty when somebody else has collected it, or will
    /// @param successors who holds its handover, when it served
    void ended(int pid, OptionalInt code, long now, Set<Integer> successors) {
        living.remove(pid);
        heirs.remove(pid);
        if (pid == main) {
            if (serving) {
                serving = false;
                endedNanos = now;
                heirs.addAll(successors);
                living.addAll(successors);
            }
            status = code.isPresent() ? code : status;
        } else if (!serving && code.isPresent()) {
            afterwards = code;
        }
    }

    boolean isServing() {
        return serving;
    }

    /// Until when who is left is waited for, as [System#nanoTime()]; empty: as long as somebody serves or may.
    OptionalLong overAtNanos() {
        if (serving || !heirs.isEmpty() || (stopping && !living.isEmpty())) {
            return OptionalLong.empty();
        }
        if (living.isEmpty()) {
            return OptionalLong.of(endedNanos);
        }
        return OptionalLong.of(endedNanos + (decided ? LAST_REQUESTS : TAKE_BACK).toNanos());
    }

    /// What all ends with: the exit status of who served last. Where only its parent saw that, and passed it on by its
    /// own, as a shell does, that one.
    int exitStatus() {
        return status.orElse(afterwards.orElse(UNKNOWN_STATUS));
    }
}
