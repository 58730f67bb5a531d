package dev.ecdysis.internal.handover;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.State.Committing;
import dev.ecdysis.internal.handover.State.Draining;
import dev.ecdysis.internal.handover.State.Killing;
import dev.ecdysis.internal.handover.State.Probation;
import dev.ecdysis.internal.handover.State.Recalling;
import dev.ecdysis.internal.handover.State.TakingBack;
import dev.ecdysis.internal.wire.Message;
import java.util.Optional;
import java.util.OptionalInt;

/// The predecessor from CUTOVER to the end of the upgrade. The successor accepts now: before this process may resume,
/// it has the successor's word that it stopped (PAUSED), or has seen it gone.
final class AfterCutover {
    private AfterCutover() {
    }

    /// CUTOVER is on its way.
    ///
    /// @param givenUp why the successor is not kept, when that is known already
    static Step begin(Attempt attempt, Optional<String> givenUp, Optional<OptionalInt> died) {
        if (attempt.stop().isPresent()) {
            return stopBoth(attempt, attempt.stop().get());
        }
        if (died.isPresent()) {
            return takeBack(attempt, givenUp.orElse("the new process ended on probation"), died.get());
        }
        if (givenUp.isPresent()) {
            return recall(attempt, givenUp.get());
        }
        return Step.to(new Probation(attempt, false, false), new Effect.StartTimer(Timer.PROBATION),
                new Effect.StartTimer(Timer.SILENCE, Limit.FIRST_BEAT), new Effect.StartReports());
    }

    static Step probation(Probation state, Event event) {
        Step step = onProbation(state, event);
        return step.state() instanceof Probation ? step : step.after(new Effect.StopReports());
    }

    private static Step onProbation(Probation state, Event event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            // Neither a sign of life nor a reason to commit: this process may have been stopped since it came.
            case Event.HeartbeatArrived(Sign sign) when sign == Sign.STALE -> Step.stay(state);
            case Event.HeartbeatArrived(Sign sign) when sign == Sign.HEALTHY && state.over() -> commit(attempt);
            case Event.HeartbeatArrived heartbeat ->
                Step.to(new Probation(attempt, true, state.over()), new Effect.StartTimer(Timer.SILENCE));
            case Event.TimerFired(Timer timer) when timer == Timer.PROBATION -> probationOver(state);
            case Event.Stop stop -> stopBoth(attempt, stop.stopping());
            case Event.FailArrived(String reason) -> recall(attempt, "the new version refused: " + reason);
            case Event.PausedArrived() -> takeBack(attempt, "the new version let go", OptionalInt.empty());
            case Event.UpgradeAsked asked ->
                Serving.meanwhile(state, attempt, new Probation(attempt.askedAgain(), state.beaten(), state.over()),
                        asked,
                        "tried");
            default -> lost(state, attempt, event);
        };
    }

    /// An earlier beat says nothing about now: the next one commits, or silence ends it. Probation goes on for as long as
    /// the successor's health check may take: what has never been called healthy must not be committed. The successor
    /// knows that limit itself and refuses then; should it not, its time is over all the same.
    private static Step probationOver(Probation state) {
        return state.over()
                ? recall(state.attempt(),
                        "the new version lived, but was not known to be healthy within the time limit")
                : Step.to(new Probation(state.attempt(), state.beaten(), true),
                        new Effect.StartTimer(Timer.PROBATION, Limit.HEALTH_CHECK));
    }

    /// Its silence counts on: while it does not read, COMMITTED may wait for ever.
    private static Step commit(Attempt attempt) {
        return Step.to(new Committing(attempt), new Effect.StopTimer(Timer.PROBATION),
                new Effect.StartTimer(Timer.SILENCE), new Effect.SendCommitted(attempt.again()));
    }

    /// A stop waits: the rest of COMMITTED may reach the successor at any time, and then everything is its own, paths
    /// and PID file too. A refusal is in time; but ABANDON would come behind COMMITTED, so only the successor's end keeps
    /// it from taking over.
    static Step committing(Committing state, Event event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            case Event.CommitSent() -> committed(attempt);
            case Event.FailArrived(String reason) -> kill(attempt, "the new version refused: " + reason);
            case Event.Stop stop -> Step.stay(new Committing(attempt.stopping(stop.stopping())));
            // COMMITTED says whether there is a signal to remember, and is on its way already.
            case Event.UpgradeAsked asked when asked.origin() == Origin.SIGNAL ->
                Heard.inDoubt(new Committing(attempt.askedAgain()), asked, "the new version is being told that it is"
                        + " committed, and may not hear of this; unless it upgrades, send it there again");
            case Event.UpgradeAsked asked -> Serving.meanwhile(state, attempt, state, asked, "committed");
            default -> lost(state, attempt, event);
        };
    }

    /// The service manager is told before whoever asked for the upgrade: a reload that has ended has another main process.
    private static Step committed(Attempt attempt) {
        Cause cause = new Cause.Upgraded();
        return Step.to(new Draining(cause, Stopping.askedHere(attempt.stop())),
                new Effect.StopTimer(Timer.SILENCE), new Effect.NotifyServiceManager(ServiceState.REPLACED),
                Effect.Report.of(attempt, new Outcome.Committed()), new Effect.CloseListeners(cause),
                Effect.Announce.own(Phase.DRAINING), new Effect.BeginDrain(cause));
    }

    /// What ends probation in the same way before and after it was decided.
    private static Step lost(State state, Attempt attempt, Event event) {
        return switch (event) {
            case Event.PeerDied died ->
                takeBack(attempt, "the new process ended on probation", died.exitStatus());
            case Event.PeerLost lost -> kill(attempt, lost.how());
            case Event.TimerFired(Timer timer) when timer == Timer.SILENCE ->
                kill(attempt, "the new process was silent on probation");
            default -> Step.stay(state);
        };
    }

    private static Step recall(Attempt attempt, String reason) {
        return Step.to(new Recalling(attempt, reason), new Effect.StopTimer(Timer.PROBATION),
                new Effect.StopTimer(Timer.SILENCE), Effect.Send.toSuccessor(new Message.Abandon(reason)),
                new Effect.StartTimer(Timer.RECALL));
    }

    private static Step kill(Attempt attempt, String reason) {
        return Step.to(new Killing(attempt, reason), new Effect.StopTimer(Timer.PROBATION),
                new Effect.StopTimer(Timer.SILENCE), new Effect.StopTimer(Timer.RECALL), new Effect.Kill());
    }

    private static Step takeBack(Attempt attempt, String reason, OptionalInt exitStatus) {
        return Step.to(new TakingBack(attempt, reason, exitStatus), new Effect.StopTimer(Timer.PROBATION),
                new Effect.StopTimer(Timer.SILENCE), new Effect.StopTimer(Timer.RECALL), new Effect.TakeBack());
    }

    /// The successor is forgotten last: what it serves must be known when the listeners are closed.
    private static Step stopBoth(Attempt attempt, Stopping stop) {
        return Drain.stop(stop, new Effect.ForgetSuccessor(true)).after(new Effect.StopTimer(Timer.PROBATION),
                new Effect.StopTimer(Timer.SILENCE),
                new Effect.StopTimer(Timer.RECALL), Effect.Send.toSuccessor(new Message.Stop(stop.by())),
                Effect.Report.of(attempt, new Outcome.Failed(Phase.PROBATION, "the server is stopping: " + stop.by(),
                        OptionalInt.empty())));
    }

    static Step recalling(Recalling state, Event event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            case Event.PausedArrived() -> takeBack(attempt, state.reason(), OptionalInt.empty());
            case Event.PeerDied died -> takeBack(attempt, state.reason(), died.exitStatus());
            case Event.PeerLost lost -> kill(attempt, state.reason());
            case Event.TimerFired(Timer timer) when timer == Timer.RECALL -> kill(attempt, state.reason());
            case Event.Stop stop -> stopBoth(attempt, stop.stopping());
            case Event.UpgradeAsked asked ->
                Serving.meanwhile(state, attempt, new Recalling(attempt.askedAgain(), state.reason()), asked,
                        "recalled");
            default -> Step.stay(state);
        };
    }

    static Step killing(Killing state, Event event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            case Event.PeerDied died -> takeBack(attempt, state.reason(), died.exitStatus());
            // Of this process, or the last words of the other.
            case Event.Stop stop -> Step.stay(new Killing(attempt.stopping(stop.stopping()), state.reason()));
            case Event.UpgradeAsked asked ->
                Serving.meanwhile(state, attempt, new Killing(attempt.askedAgain(), state.reason()), asked, "ended");
            default -> Step.stay(state);
        };
    }

    static Step takingBack(TakingBack state, Event event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            case Event.TakenBack() ->
                Serving.over(attempt, new Outcome.RolledBack(state.reason(), state.exitStatus()))
                        .after(Serving.forget(attempt));
            case Event.PeerDied died -> Step.stay(new TakingBack(attempt, state.reason(), died.exitStatus()));
            case Event.Stop stop ->
                Step.stay(new TakingBack(attempt.stopping(stop.stopping()), state.reason(), state.exitStatus()));
            case Event.UpgradeAsked asked -> Serving.meanwhile(state, attempt,
                    new TakingBack(attempt.askedAgain(), state.reason(), state.exitStatus()), asked, "rolled back");
            default -> Step.stay(state);
        };
    }
}
