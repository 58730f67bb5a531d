package dev.ecdysis.internal.handover;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.State.Abandoned;
import dev.ecdysis.internal.handover.State.AwaitingCutover;
import dev.ecdysis.internal.handover.State.Draining;
import dev.ecdysis.internal.handover.State.Inheriting;
import dev.ecdysis.internal.handover.State.OnProbation;
import dev.ecdysis.internal.handover.State.Peer;
import dev.ecdysis.internal.handover.State.Relinquishing;
import dev.ecdysis.internal.handover.State.Running;
import dev.ecdysis.internal.handover.State.TakingOver;
import dev.ecdysis.internal.handover.State.Withdrawal;
import dev.ecdysis.internal.wire.Message;
import java.util.Optional;

/// The successor until it is on its own.
///
/// A connection that ends says only that the handover was abandoned. Whether the predecessor is dead, and everything
/// ours, its pidfd says; it is waited for, and without it this process lets go.
final class Succeeding {
    private static final Effect SIGNALLED = Effect.Send.toPredecessor(new Message.Signalled());
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
                    Effect.Send.toPredecessor(
                            new Message.Ready(ready.claimed(), ready.stepMillis(), ready.checkMillis())));
            case Event.PeerLost lost when peer == Peer.THERE -> lost(new Inheriting(Peer.LOST, state.signalled()));
            case Event.PeerDied died -> Step.to(new Inheriting(Peer.DEAD, state.signalled()),
                    new Effect.StopTimer(Timer.PREDECESSOR_DEATH), new Effect.AnswerClients());
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
                take(Peer.DEAD, state.signalled()).after(new Effect.StopTimer(Timer.PREDECESSOR_DEATH));
            case Event.UpgradeAsked asked ->
                later(state, state.peer(), new AwaitingCutover(state.peer(), true), asked);
            default -> beforeTaking(state, event);
        };
    }

    private static Step lost(State state) {
        return Step.to(state, new Effect.StartTimer(Timer.PREDECESSOR_DEATH));
    }

    private static Step take(Peer peer, boolean signalled) {
        return Step.to(new TakingOver(peer, Optional.empty(), signalled), new Effect.Take());
    }

    private static Step beforeTaking(State state, Event event) {
        return switch (event) {
            case Event.TimerFired(Timer timer) when timer == Timer.PREDECESSOR_DEATH -> abandon(NOT_HEARD);
            case Event.AbandonArrived(String reason) -> abandon(reason);
            case Event.StopArrived(String by) -> abandonAndStop(by);
            case Event.StopAsked stop ->
                abandonAndStop(stop.by()).after(Effect.Send.toPredecessor(new Message.Stop(stop.by())));
            case Event.ApplicationFailed(String reason) ->
                abandon(reason).after(Effect.Send.toPredecessor(new Message.Fail(reason)));
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
        return Step.to(new Abandoned(reason, stopped), new Effect.StopTimer(Timer.PREDECESSOR_DEATH),
                new Effect.FailReady(reason, stopped, true));
    }

    static Step abandoned(Abandoned state, Event event) {
        return switch (event) {
            // It had sent CUTOVER when our refusal arrived, and waits for our word.
            case Event.AbandonArrived abandon -> Step.to(state, Effect.Send.toPredecessor(new Message.Paused()));
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

    static Step taking(TakingOver state, Event event) {
        Peer peer = state.peer();
        return switch (event) {
            case Event.Taken() -> taken(state);
            // What it had let go of, when the predecessor died: ready() has returned long since.
            case Event.TakenBack() -> state.withdrawal().flatMap(Withdrawal::stop).map(Succeeding::stop)
                    .orElseGet(() -> alone(state.signalled()));
            case Event.TakeFailed(String why) -> takeFailed(state, why);
            case Event.PeerDied died ->
                Step.to(new TakingOver(Peer.DEAD, ifStopping(state), state.signalled()),
                        new Effect.StopTimer(Timer.PREDECESSOR_DEATH));
            case Event.PeerLost lost when peer == Peer.THERE ->
                lost(new TakingOver(Peer.LOST, state.withdrawal(), state.signalled()));
            case Event.TimerFired(Timer timer) when timer == Timer.PREDECESSOR_DEATH ->
                withdraw(state, Withdrawal.rollback(NOT_HEARD));
            case Event.AbandonArrived(String reason) -> withdraw(state, Withdrawal.rollback(reason));
            case Event.ApplicationFailed(String reason) ->
                withdraw(state, Withdrawal.rollback(reason)).after(Effect.Send.toPredecessor(new Message.Fail(reason)));
            case Event.StopArrived stop -> withdraw(state, Withdrawal.stop(stop.stopping()));
            case Event.StopAsked stop ->
                withdraw(state, Withdrawal.stop(stop.stopping()))
                        .after(Effect.Send.toPredecessor(new Message.Stop(stop.by())));
            case Event.UpgradeAsked asked when isStopping(state) -> no(state, asked, Heard.STOPPING);
            case Event.UpgradeAsked asked -> later(state, peer, new TakingOver(peer, state.withdrawal(), true), asked);
            default -> Step.stay(state);
        };
    }

    /// With the predecessor dead there is nobody to give the listeners back to: only a stop still counts.
    private static Optional<Withdrawal> ifStopping(TakingOver state) {
        return isStopping(state) ? state.withdrawal() : Optional.empty();
    }

    private static boolean isStopping(TakingOver state) {
        return state.withdrawal().isPresent() && state.withdrawal().get().stop().isPresent();
    }

    private static Step withdraw(TakingOver state, Withdrawal more) {
        Withdrawal reason = state.withdrawal().map(known -> known.and(more)).orElse(more);
        return Step.stay(new TakingOver(state.peer(), Optional.of(reason), state.signalled()));
    }

    private static Step taken(TakingOver state) {
        if (state.withdrawal().isPresent()) {
            Withdrawal reason = state.withdrawal().get();
            Step step = reason.stop().map(Succeeding::stop)
                    .orElseGet(() -> letGo(reason.reason(), true, state.peer(), state.signalled()));
            return step.after(new Effect.ReleaseReady());
        }
        if (state.peer() == Peer.DEAD) {
            return alone(state.signalled()).after(new Effect.ReleaseReady());
        }
        return Step.to(new OnProbation(state.peer(), state.signalled()), new Effect.ReleaseReady(),
                Effect.Announce.own(Phase.PROBATION), new Effect.StartBeating());
    }

    private static Step takeFailed(TakingOver state, String why) {
        Optional<Stopping> stop = state.withdrawal().flatMap(Withdrawal::stop);
        if (stop.isPresent()) {
            return stop(stop.get()).after(new Effect.FailReady(why, true, false));
        }
        return letGo(why, false, Peer.THERE, state.signalled()).after(new Effect.FailReady(why, false, false),
                Effect.Send.toPredecessor(new Message.Fail(why)));
    }

    static Step onProbation(OnProbation state, Event event) {
        Step step = whileOnProbation(state, event);
        return step.state() instanceof OnProbation ? step : step.after(new Effect.StopBeating());
    }

    private static Step whileOnProbation(OnProbation state, Event event) {
        return switch (event) {
            case Event.CommittedArrived committed ->
                own(committed.upgradeAgain() || state.signalled(), ServiceState.COMMITTED);
            case Event.PeerDied died -> alone(state.signalled());
            case Event.PeerLost lost when state.peer() == Peer.THERE ->
                lost(new OnProbation(Peer.LOST, state.signalled()));
            case Event.TimerFired(Timer timer) when timer == Timer.PREDECESSOR_DEATH -> letGoUnheard(state.signalled());
            case Event.AbandonArrived(String reason) -> letGo(reason, true, state.peer(), state.signalled());
            // Serves on until the predecessor's ABANDON: a COMMITTED that crosses the refusal leaves only this process.
            case Event.ApplicationFailed(String reason) ->
                Step.to(state, Effect.Send.toPredecessor(new Message.Fail(reason)));
            case Event.StopAsked stop ->
                stop(stop.stopping()).after(Effect.Send.toPredecessor(new Message.Stop(stop.by())));
            case Event.StopArrived stop -> stop(stop.stopping());
            case Event.UpgradeAsked asked -> later(state, state.peer(), new OnProbation(state.peer(), true), asked);
            default -> Step.stay(state);
        };
    }

    private static Step stop(Stopping stop) {
        return Drain.stop(stop).after(new Effect.StopTimer(Timer.PREDECESSOR_DEATH));
    }

    /// There is no predecessor who could say that this process serves.
    private static Step alone(boolean upgradeAgain) {
        return own(upgradeAgain, ServiceState.SERVING);
    }

    private static Step own(boolean upgradeAgain, ServiceState state) {
        Step own = Step.to(new Running(upgradeAgain), new Effect.StopTimer(Timer.PREDECESSOR_DEATH),
                new Effect.BecomeOwner(),
                new Effect.NotifyServiceManager(state), new Effect.Rehearse());
        return upgradeAgain ? own.and(new Effect.CountDraining()) : own;
    }

    /// Because that was said, or this process will not serve. While it is in doubt whether the predecessor lives, its time
    /// goes on. Where there was none to begin with, nobody is waited for.
    private static Step letGo(String reason, boolean ready, Peer peer, boolean signalled) {
        Optional<Peer> known = peer == Peer.DEAD ? Optional.empty() : Optional.of(peer);
        Step step = Step.to(Relinquishing.because(reason, ready, known, signalled), new Effect.LetGo());
        return peer == Peer.LOST ? step : step.after(new Effect.StopTimer(Timer.PREDECESSOR_DEATH));
    }

    /// Because nothing was heard of the predecessor, nor of its death.
    private static Step letGoUnheard(boolean signalled) {
        return Step.to(Relinquishing.because(NOT_HEARD, true, Optional.empty(), signalled), new Effect.LetGo());
    }

    static Step relinquishing(Relinquishing state, Event event) {
        return switch (event) {
            case Event.PeerDied died when state.ready() -> decided(state.with(Peer.DEAD));
            case Event.PeerLost lost when state.ready() && state.peer().isPresent()
                    && state.peer().get() == Peer.THERE ->
                lost(state.with(Peer.LOST));
            case Event.TimerFired(Timer timer) when timer == Timer.PREDECESSOR_DEATH -> decided(state.withoutWord());
            case Event.Released released -> hasLetGo(state);
            case Event.PausedSent sent -> drain(state);
            // It could not be made to stop: without our word the predecessor ends this process before it resumes.
            case Event.ReleaseFailed failed when state.alone() || state.inDoubt() -> hasLetGo(state);
            case Event.ReleaseFailed failed -> drain(state);
            // The PID file still names this process, so it is the server that was asked to stop.
            case Event.StopAsked stop ->
                Step.to(state.stopping(stop.stopping()), Effect.Send.toPredecessor(new Message.Stop(stop.by())));
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

    /// A process that ends closes its connections before its end can be seen: while that may be so, nothing is closed here.
    private static Step hasLetGo(Relinquishing state) {
        if (state.alone()) {
            return stopOrTakeAgain(state);
        }
        if (state.inDoubt()) {
            return Step.stay(state.done());
        }
        return state.ready() && state.peer().isPresent() ? Step.to(state.done(), new Effect.SendPaused())
                : drain(state).after(Effect.Send.toPredecessor(new Message.Paused()));
    }

    /// It has turned out whether the predecessor is dead.
    private static Step decided(Relinquishing state) {
        Step step = Step.stay(state);
        if (state.hasLetGo()) {
            step = state.alone() ? stopOrTakeAgain(state) : drain(state);
        }
        return step.after(new Effect.StopTimer(Timer.PREDECESSOR_DEATH));
    }

    /// Nobody else is left: a version that was not wanted is better than none.
    private static Step stopOrTakeAgain(Relinquishing state) {
        return state.stop().map(Succeeding::stop).orElseGet(() -> Step
                .to(new TakingOver(Peer.DEAD, Optional.empty(), state.signalled()), new Effect.TakeBack()));
    }

    private static Step drain(Relinquishing state) {
        Cause cause = new Cause.RolledBack(state.reason());
        return Step.to(new Draining(cause, Stopping.askedHere(state.stop())),
                new Effect.CloseListeners(cause), Effect.Announce.own(Phase.DRAINING),
                new Effect.BeginDrain(cause));
    }
}
