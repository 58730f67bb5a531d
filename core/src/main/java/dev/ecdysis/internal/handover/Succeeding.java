package dev.ecdysis.internal.handover;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.State.Abandoned;
import dev.ecdysis.internal.handover.State.AwaitingCutover;
import dev.ecdysis.internal.handover.State.Doom;
import dev.ecdysis.internal.handover.State.Draining;
import dev.ecdysis.internal.handover.State.Inheriting;
import dev.ecdysis.internal.handover.State.LettingGo;
import dev.ecdysis.internal.handover.State.OnTrial;
import dev.ecdysis.internal.handover.State.Peer;
import dev.ecdysis.internal.handover.State.Running;
import dev.ecdysis.internal.handover.State.Taking;
import dev.ecdysis.internal.wire.Message;
import java.util.Optional;

/// The successor until it is on its own.
///
/// A connection that ends says only that the handover was abandoned. Whether the predecessor is dead, and everything
/// ours, its pidfd says; it is waited for, and without it this process lets go.
final class Succeeding {
    private static final Effect SIGNALLED = new Effect.Send(new Message.Signalled());
    private static final String INITIALISES = "this process is still initialising; ask again when it is ready";
    private static final String UNDECIDED = "this process is the new version of an upgrade that is not committed yet;"
            + " wait for its outcome";
    private static final String NOT_HEARD = "the connection to the predecessor ended, and it is still alive";

    private Succeeding() {
    }

    static Step inheriting(Inheriting state, Event event) {
        Peer peer = state.peer();
        return switch (event) {
            case Event.ApplicationReady ready when peer == Peer.DEAD -> take(Peer.DEAD, state.signalled());
            case Event.ApplicationReady ready -> Step.to(new AwaitingCutover(peer, state.signalled()),
                    new Effect.Send(new Message.Ready(ready.claimed(), ready.stepMillis(), ready.checkMillis())));
            case Event.PeerLost lost when peer == Peer.THERE -> lost(new Inheriting(Peer.LOST, state.signalled()));
            case Event.PeerDied died -> Step.to(new Inheriting(Peer.DEAD, state.signalled()),
                    new Effect.StopTimer(Timer.VERDICT), new Effect.AnswerClients());
            case Event.UpgradeAsked asked -> later(state, peer, new Inheriting(peer, true), asked);
            default -> beforeTaking(state, event);
        };
    }

    static Step awaitingCutover(AwaitingCutover state, Event event) {
        return switch (event) {
            case Event.CutoverArrived() -> take(state.peer(), state.signalled());
            case Event.PeerLost lost when state.peer() == Peer.THERE ->
                lost(new AwaitingCutover(Peer.LOST, state.signalled()));
            case Event.PeerDied died ->
                take(Peer.DEAD, state.signalled()).after(new Effect.StopTimer(Timer.VERDICT));
            case Event.UpgradeAsked asked ->
                later(state, state.peer(), new AwaitingCutover(state.peer(), true), asked);
            default -> beforeTaking(state, event);
        };
    }

    private static Step lost(State state) {
        return Step.to(state, new Effect.StartTimer(Timer.VERDICT));
    }

    private static Step take(Peer peer, boolean signalled) {
        return Step.to(new Taking(peer, Optional.empty(), signalled), new Effect.Take());
    }

    private static Step beforeTaking(State state, Event event) {
        return switch (event) {
            case Event.TimerFired(Timer timer) when timer == Timer.VERDICT -> abandon(NOT_HEARD);
            case Event.AbandonArrived(String reason) -> abandon(reason);
            case Event.StopArrived(String by) -> abandonAndStop(by);
            case Event.StopAsked stop ->
                abandonAndStop(stop.by()).after(new Effect.Send(new Message.Stop(stop.by())));
            case Event.ApplicationFailed(String reason) ->
                abandon(reason).after(new Effect.Send(new Message.Fail(reason)));
            default -> Step.stay(state);
        };
    }

    private static Step abandon(String reason) {
        return abandon(reason, false);
    }

    private static Step abandonAndStop(String by) {
        return abandon("the server is stopping: " + by, true);
    }

    private static Step abandon(String reason, boolean stopped) {
        return Step.to(new Abandoned(reason, stopped), new Effect.StopTimer(Timer.VERDICT),
                new Effect.FailReady(reason, stopped));
    }

    static Step abandoned(Abandoned state, Event event) {
        return switch (event) {
            // It had sent CUTOVER when our refusal arrived, and waits for our word.
            case Event.AbandonArrived abandon -> Step.to(state, new Effect.Send(new Message.Paused()));
            case Event.UpgradeAsked asked when state.stopped() -> no(state, asked, Heard.STOPPING);
            case Event.UpgradeAsked asked ->
                no(state, asked, "this process was given up before it was ready, and ends: " + state.reason());
            default -> Step.stay(state);
        };
    }

    /// Neither now nor later.
    private static Step no(State state, Event.UpgradeAsked asked, String why) {
        return asked.origin() == Origin.SIGNAL ? Heard.ignored(state, asked, why)
                : Step.to(state, new Effect.Refuse(asked.requester(), why));
    }

    /// A signal that is meant for the server may come here: from the cutover on the PID file names this process. Whoever
    /// serves in the end must know of it, and with the predecessor dead that is this one.
    private static Step later(State state, Peer peer, State remembering, Event.UpgradeAsked asked) {
        if (asked.origin() != Origin.SIGNAL) {
            return Step.to(state, new Effect.Refuse(asked.requester(), peer == Peer.DEAD ? INITIALISES : UNDECIDED));
        }
        return switch (peer) {
            case THERE -> Heard.remembered(remembering, asked, Heard.THE_UPGRADE_IS_OVER).after(SIGNALLED);
            case LOST -> Heard.inDoubt(remembering, asked, "the connection to the predecessor is lost; should that one"
                    + " serve on, send it there").after(SIGNALLED);
            case DEAD -> Heard.remembered(remembering, asked, "this process is ready");
        };
    }

    static Step taking(Taking state, Event event) {
        Peer peer = state.peer();
        return switch (event) {
            case Event.Taken() -> taken(state);
            // What it had let go of, when the predecessor died: ready() has returned long since.
            case Event.TakenBack() -> state.doomed().flatMap(Doom::stop).map(Succeeding::stop)
                    .orElseGet(() -> own(state.signalled()));
            case Event.TakeFailed(String why) -> takeFailed(state, why);
            case Event.PeerDied died ->
                Step.to(new Taking(Peer.DEAD, ifStopping(state), state.signalled()),
                        new Effect.StopTimer(Timer.VERDICT));
            case Event.PeerLost lost when peer == Peer.THERE ->
                lost(new Taking(Peer.LOST, state.doomed(), state.signalled()));
            case Event.TimerFired(Timer timer) when timer == Timer.VERDICT -> doom(state, Doom.rollback(NOT_HEARD));
            case Event.AbandonArrived(String reason) -> doom(state, Doom.rollback(reason));
            case Event.ApplicationFailed(String reason) ->
                doom(state, Doom.rollback(reason)).after(new Effect.Send(new Message.Fail(reason)));
            case Event.StopArrived stop -> doom(state, Doom.stop(stop.stopping()));
            case Event.StopAsked stop ->
                doom(state, Doom.stop(stop.stopping())).after(new Effect.Send(new Message.Stop(stop.by())));
            case Event.UpgradeAsked asked when isStopping(state) -> no(state, asked, Heard.STOPPING);
            case Event.UpgradeAsked asked -> later(state, peer, new Taking(peer, state.doomed(), true), asked);
            default -> Step.stay(state);
        };
    }

    /// With the predecessor dead there is nobody to give the listeners back to: only a stop still counts.
    private static Optional<Doom> ifStopping(Taking state) {
        return isStopping(state) ? state.doomed() : Optional.empty();
    }

    private static boolean isStopping(Taking state) {
        return state.doomed().isPresent() && state.doomed().get().stop().isPresent();
    }

    private static Step doom(Taking state, Doom more) {
        Doom doom = state.doomed().map(known -> known.and(more)).orElse(more);
        return Step.stay(new Taking(state.peer(), Optional.of(doom), state.signalled()));
    }

    private static Step taken(Taking state) {
        if (state.doomed().isPresent()) {
            Doom doom = state.doomed().get();
            Step step = doom.stop().map(Succeeding::stop)
                    .orElseGet(() -> letGo(doom.reason(), true, state.signalled()));
            return step.after(new Effect.ReleaseReady());
        }
        if (state.peer() == Peer.DEAD) {
            return own(state.signalled()).after(new Effect.ReleaseReady());
        }
        return Step.to(new OnTrial(state.peer(), state.signalled()), new Effect.ReleaseReady(),
                new Effect.Announce(Phase.PROBATION));
    }

    private static Step takeFailed(Taking state, String why) {
        Optional<Stopping> stop = state.doomed().flatMap(Doom::stop);
        if (stop.isPresent()) {
            return stop(stop.get()).after(new Effect.FailReady(why, true));
        }
        return letGo(why, false, state.signalled()).after(new Effect.FailReady(why, false),
                new Effect.Send(new Message.Fail(why)));
    }

    static Step onTrial(OnTrial state, Event event) {
        return switch (event) {
            case Event.CommittedArrived committed -> own(committed.upgradeAgain() || state.signalled());
            case Event.PeerDied died -> own(state.signalled());
            case Event.PeerLost lost when state.peer() == Peer.THERE ->
                lost(new OnTrial(Peer.LOST, state.signalled()));
            case Event.TimerFired(Timer timer) when timer == Timer.VERDICT -> letGo(NOT_HEARD, true, state.signalled());
            case Event.AbandonArrived(String reason) -> letGo(reason, true, state.signalled());
            // Serves on until the predecessor's ABANDON: a COMMITTED that crosses the refusal leaves only this process.
            case Event.ApplicationFailed(String reason) ->
                Step.to(state, new Effect.Send(new Message.Fail(reason)));
            case Event.StopAsked stop ->
                stop(stop.stopping()).after(new Effect.Send(new Message.Stop(stop.by())));
            case Event.StopArrived stop -> stop(stop.stopping());
            case Event.UpgradeAsked asked -> later(state, state.peer(), new OnTrial(state.peer(), true), asked);
            default -> Step.stay(state);
        };
    }

    private static Step stop(Stopping stop) {
        return Drain.stop(stop).after(new Effect.StopTimer(Timer.VERDICT));
    }

    private static Step own(boolean upgradeAgain) {
        Effect stopTimer = new Effect.StopTimer(Timer.VERDICT);
        return upgradeAgain
                ? Step.to(new Running(true), stopTimer, new Effect.BecomeOwner(), new Effect.CountDraining())
                : Step.to(new Running(false), stopTimer, new Effect.BecomeOwner());
    }

    private static Step letGo(String reason, boolean ready, boolean signalled) {
        return Step.to(LettingGo.because(reason, ready, signalled), new Effect.StopTimer(Timer.VERDICT),
                new Effect.LetGo());
    }

    static Step lettingGo(LettingGo state, Event event) {
        return switch (event) {
            case Event.PeerDied died when state.ready() ->
                Step.to(state.predecessorDied(), new Effect.StopTimer(Timer.VERDICT));
            case Event.Released released when state.alone() -> stopOrTakeAgain(state);
            case Event.ReleaseFailed failed when state.alone() -> stopOrTakeAgain(state);
            case Event.Released released -> drain(state).after(new Effect.Send(new Message.Paused()));
            // It could not be made to stop: without our word the predecessor ends this process before it resumes.
            case Event.ReleaseFailed failed -> drain(state);
            // The PID file still names this process, so it is the server that was asked to stop.
            case Event.StopAsked stop ->
                Step.to(state.stopping(stop.stopping()), new Effect.Send(new Message.Stop(stop.by())));
            case Event.StopArrived stop -> Step.stay(state.stopping(stop.stopping()));
            case Event.UpgradeAsked asked when state.stop().isPresent() -> no(state, asked, Heard.STOPPING);
            case Event.UpgradeAsked asked when asked.origin() != Origin.SIGNAL ->
                no(state, asked, state.alone() ? "this process is about to serve again; ask again" : UNDECIDED);
            case Event.UpgradeAsked asked when state.alone() ->
                Heard.remembered(state.askedAgain(), asked, "this process serves again");
            case Event.UpgradeAsked asked -> Heard.inDoubt(state.askedAgain(), asked, Heard.NOT_KEPT).after(SIGNALLED);
            default -> Step.stay(state);
        };
    }

    /// Nobody else is left: a version that was not wanted is better than none.
    private static Step stopOrTakeAgain(LettingGo state) {
        return state.stop().map(Succeeding::stop).orElseGet(() -> Step
                .to(new Taking(Peer.DEAD, Optional.empty(), state.signalled()), new Effect.TakeBack()));
    }

    private static Step drain(LettingGo state) {
        Cause cause = new Cause.RolledBack(state.reason());
        return Step.to(new Draining(cause, Stopping.askedHere(state.stop())),
                new Effect.CloseListeners(), new Effect.Announce(Phase.DRAINING), new Effect.BeginDrain(cause));
    }
}
