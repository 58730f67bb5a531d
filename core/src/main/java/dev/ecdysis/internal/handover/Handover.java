package dev.ecdysis.internal.handover;

import dev.ecdysis.internal.handover.State.Abandoned;
import dev.ecdysis.internal.handover.State.AwaitingCutover;
import dev.ecdysis.internal.handover.State.Committing;
import dev.ecdysis.internal.handover.State.CuttingOver;
import dev.ecdysis.internal.handover.State.Draining;
import dev.ecdysis.internal.handover.State.Ending;
import dev.ecdysis.internal.handover.State.Exited;
import dev.ecdysis.internal.handover.State.Inheriting;
import dev.ecdysis.internal.handover.State.Initialising;
import dev.ecdysis.internal.handover.State.Killing;
import dev.ecdysis.internal.handover.State.OnProbation;
import dev.ecdysis.internal.handover.State.Preflight;
import dev.ecdysis.internal.handover.State.Probation;
import dev.ecdysis.internal.handover.State.Recalling;
import dev.ecdysis.internal.handover.State.Releasing;
import dev.ecdysis.internal.handover.State.Relinquishing;
import dev.ecdysis.internal.handover.State.Running;
import dev.ecdysis.internal.handover.State.Spawning;
import dev.ecdysis.internal.handover.State.TakingBack;
import dev.ecdysis.internal.handover.State.TakingOver;

/// The handover: what a process does next when something happens. A pure function; time, I/O and threads are the
/// engine's.
///
/// An event that means nothing in a state leaves it as it is: frames and exits of processes arrive late by nature.
public final class Handover implements Transitions {
    private final Serving serving;

    /// @param maxDraining how many other processes may drain when another upgrade begins
    public Handover(int maxDraining) {
        serving = new Serving(maxDraining);
    }

    @Override
    public Step next(State state, Event event) {
        return switch (state) {
            case Running running -> serving.running(running, event);
            case Preflight preflight -> serving.preflight(preflight, event);
            case Spawning spawning -> BeforeCutover.spawning(spawning, event);
            case Initialising initialising -> BeforeCutover.initialising(initialising, event);
            case Releasing releasing -> BeforeCutover.releasing(releasing, event);
            case CuttingOver cuttingOver -> BeforeCutover.cuttingOver(cuttingOver, event);
            case Ending ending -> BeforeCutover.ending(ending, event);
            case Probation probation -> AfterCutover.probation(probation, event);
            case Committing committing -> AfterCutover.committing(committing, event);
            case Recalling recalling -> AfterCutover.recalling(recalling, event);
            case Killing killing -> AfterCutover.killing(killing, event);
            case TakingBack takingBack -> AfterCutover.takingBack(takingBack, event);
            case Inheriting inheriting -> Succeeding.inheriting(inheriting, event);
            case AwaitingCutover awaiting -> Succeeding.awaitingCutover(awaiting, event);
            case TakingOver taking -> Succeeding.taking(taking, event);
            case OnProbation onProbation -> Succeeding.onProbation(onProbation, event);
            case Relinquishing relinquishing -> Succeeding.relinquishing(relinquishing, event);
            case Abandoned abandoned -> Succeeding.abandoned(abandoned, event);
            case Draining draining -> Drain.draining(draining, event);
            case Exited exited -> Drain.exited(exited, event);
        };
    }
}
