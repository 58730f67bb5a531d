package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.handover.State;
import java.util.Optional;

/// How a process stands, in the words of its status.
final class Standing {
    private Standing() {
    }

    static String name(State state) {
        return switch (state) {
            case State.Running running -> "running";
            case State.Preflight preflight -> "preflight";
            case State.Spawning spawning -> "spawning";
            case State.Initialising initialising -> "initialising";
            case State.Releasing releasing -> "cutover";
            case State.CuttingOver cuttingOver -> "cutover";
            case State.Probation probation -> "probation";
            case State.Committing committing -> "probation";
            case State.OnProbation probation -> "probation";
            case State.Ending ending -> "giving up an upgrade";
            case State.Recalling recalling -> "rolling back";
            case State.Killing killing -> "rolling back";
            case State.TakingBack takingBack -> "rolling back";
            case State.Inheriting inheriting -> "initialising";
            case State.AwaitingCutover awaiting -> "initialising";
            case State.TakingOver taking -> taking.peer() == State.Peer.DEAD ? "initialising" : "cutover";
            case State.Relinquishing relinquishing -> "rolling back";
            case State.Abandoned abandoned -> abandoned.stopped() ? "stopping" : "abandoned";
            case State.Draining draining -> "stopping";
            case State.Exited exited -> "stopped";
        };
    }

    /// Whether it serves, or has served: `ready()` has returned, or is about to.
    static boolean isReady(State state) {
        return switch (state) {
            case State.Inheriting inheriting -> false;
            case State.AwaitingCutover awaiting -> false;
            case State.TakingOver taking -> false;
            case State.Abandoned abandoned -> false;
            case State.Relinquishing relinquishing -> relinquishing.ready();
            default -> true;
        };
    }

    /// What an operator should know of one that is not ready.
    static Optional<String> note(State state) {
        if (isReady(state)) {
            return Optional.empty();
        }
        return Optional.of(state instanceof State.Abandoned abandoned
                ? "this process was never ready, and ends when its application lets it: " + abandoned.reason()
                : "this process does not serve yet: its application is still initialising");
    }
}
