package dev.ecdysis.internal.engine;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.State;
import dev.ecdysis.status.ServerState;
import java.util.Optional;

/// How a process stands, as its status says it.
final class Standing {
    private Standing() {
    }

    static ServerState of(State state) {
        return switch (state) {
            case State.Running running -> ServerState.RUNNING;
            case State.Preflight preflight -> ServerState.UPGRADING;
            case State.Spawning spawning -> ServerState.UPGRADING;
            case State.Initialising initialising -> ServerState.UPGRADING;
            case State.Releasing releasing -> ServerState.UPGRADING;
            case State.CuttingOver cuttingOver -> ServerState.UPGRADING;
            case State.Probation probation -> ServerState.UPGRADING;
            case State.Committing committing -> ServerState.UPGRADING;
            case State.OnProbation probation -> ServerState.UPGRADING;
            case State.Ending ending -> ServerState.ABANDONING;
            case State.Recalling recalling -> ServerState.ROLLING_BACK;
            case State.Killing killing -> ServerState.ROLLING_BACK;
            case State.TakingBack takingBack -> ServerState.ROLLING_BACK;
            case State.Inheriting inheriting -> ServerState.INITIALISING;
            case State.AwaitingCutover awaiting -> ServerState.INITIALISING;
            case State.TakingOver taking ->
                taking.peer() == State.Peer.DEAD ? ServerState.INITIALISING : ServerState.UPGRADING;
            case State.Relinquishing relinquishing -> ServerState.ROLLING_BACK;
            case State.Abandoned abandoned -> abandoned.stopped() ? ServerState.STOPPING : ServerState.ABANDONED;
            case State.Draining draining -> ServerState.STOPPING;
            case State.Exited exited -> ServerState.STOPPED;
        };
    }

    /// How far an upgrade has come; empty unless one is under way.
    static Optional<Phase> phase(State state) {
        return switch (state) {
            case State.Preflight preflight -> Optional.of(Phase.PREFLIGHT);
            case State.Spawning spawning -> Optional.of(Phase.SPAWNING);
            case State.Initialising initialising -> Optional.of(Phase.INITIALISING);
            case State.Releasing releasing -> Optional.of(Phase.CUTOVER);
            case State.CuttingOver cuttingOver -> Optional.of(Phase.CUTOVER);
            case State.TakingOver taking when taking.peer() != State.Peer.DEAD -> Optional.of(Phase.CUTOVER);
            case State.Probation probation -> Optional.of(Phase.PROBATION);
            case State.Committing committing -> Optional.of(Phase.PROBATION);
            case State.OnProbation probation -> Optional.of(Phase.PROBATION);
            default -> Optional.empty();
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
