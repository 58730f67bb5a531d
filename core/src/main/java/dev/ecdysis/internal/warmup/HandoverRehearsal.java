package dev.ecdysis.internal.warmup;

import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Handover;
import dev.ecdysis.internal.handover.Origin;
import dev.ecdysis.internal.handover.Sign;
import dev.ecdysis.internal.handover.State;
import java.util.List;

/// Walks through the decisions of an upgrade.
final class HandoverRehearsal {
    private HandoverRehearsal() {
    }

    /// Walks through an upgrade as a predecessor does, up to the successor's first beat, so that its classes are loaded
    /// and linked before somebody waits for them. Nothing comes of it.
    static void asPredecessor() {
        Handover handover = new Handover(1);
        State predecessor = new State.Running(false);
        predecessor = handover.next(predecessor, new Event.UpgradeAsked(Origin.API, 0, List.of())).state();
        predecessor = handover.next(predecessor, new Event.PreflightPassed()).state();
        predecessor = handover.next(predecessor, new Event.Spawned()).state();
        predecessor = handover.next(predecessor, new Event.HelloArrived()).state();
        predecessor = handover.next(predecessor, new Event.ReadyArrived(List.of())).state();
        predecessor = handover.next(predecessor, new Event.Released(0)).state();
        predecessor = handover.next(predecessor, new Event.CutoverSent()).state();
        predecessor = handover.next(predecessor, new Event.HeartbeatArrived(Sign.HEALTHY)).state();
        if (!(predecessor instanceof State.Probation)) {
            throw new IllegalStateException("the rehearsal ended in " + predecessor);
        }
    }

    /// The same as a successor does, up to its cutover.
    static void asSuccessor() {
        Handover handover = new Handover(1);
        State successor = new State.Inheriting(State.Peer.THERE, false);
        successor = handover.next(successor, new Event.ApplicationReady(List.of(), 0, 0)).state();
        successor = handover.next(successor, new Event.CutoverArrived()).state();
        successor = handover.next(successor, new Event.Taken()).state();
        if (!(successor instanceof State.OnProbation)) {
            throw new IllegalStateException("the rehearsal ended in " + successor);
        }
    }
}
