package dev.ecdysis.internal.handover;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.State.Ending;
import dev.ecdysis.internal.handover.State.Initialising;
import dev.ecdysis.internal.handover.State.Releasing;
import dev.ecdysis.internal.handover.State.Spawning;
import dev.ecdysis.internal.handover.State.Trial;
import dev.ecdysis.internal.wire.Message;
import java.util.Optional;
import java.util.OptionalInt;

/// The predecessor until CUTOVER is sent. The successor may be given up at any point: it has not been told to accept,
/// and takes over untold only when it has seen this process dead, so serving on needs nobody's consent.
final class BeforeCutover {
    private BeforeCutover() {
    }

    static Step spawning(Spawning state, Event event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            case Event.HelloArrived() -> Step.to(new Initialising(attempt), new Effect.Announce(Phase.INITIALISING),
                    new Effect.SendWelcome());
            case Event.SpawnFailed(String why) ->
                Serving.over(attempt, new Outcome.Failed(Phase.SPAWNING, why, OptionalInt.empty()))
                        .after(new Effect.StopTimer(Timer.READY));
            case Event.UpgradeAsked asked ->
                Serving.meanwhile(state, attempt, new Spawning(attempt.askedAgain()), asked, "started");
            default -> anyPhase(state, attempt, Phase.SPAWNING, event);
        };
    }

    static Step initialising(Initialising state, Event event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            case Event.ReadyArrived ready -> Step.to(new Releasing(attempt, Optional.empty(), Optional.empty()),
                    new Effect.Announce(Phase.CUTOVER), new Effect.Release(ready.claimed()));
            case Event.UpgradeAsked asked ->
                Serving.meanwhile(state, attempt, new Initialising(attempt.askedAgain()), asked, "initialised");
            default -> anyPhase(state, attempt, Phase.INITIALISING, event);
        };
    }

    /// What ends an upgrade in the same way wherever it stands.
    private static Step anyPhase(State state, Attempt attempt, Phase phase, Event event) {
        return switch (event) {
            case Event.PeerDied died -> Serving
                    .over(attempt, new Outcome.Failed(phase, "the new process ended before it was ready",
                            died.exitStatus()))
                    .after(new Effect.StopTimer(Timer.READY), new Effect.ForgetSuccessor());
            case Event.PeerLost lost -> end(attempt, phase, lost.how());
            case Event.FailArrived(String reason) -> end(attempt, phase, "the new version refused: " + reason);
            case Event.TimerFired(Timer timer) when timer == Timer.READY ->
                end(attempt, phase, "the new process was not ready within the time limit");
            case Event.Stop stop -> stopBoth(stop.stopping(), phase);
            default -> Step.stay(state);
        };
    }

    private static Step end(Attempt attempt, Phase phase, String reason) {
        return Step.to(new Ending(attempt, phase, reason, false, Optional.empty()), new Effect.StopTimer(Timer.READY),
                new Effect.Send(new Message.Abandon(reason)), new Effect.StartTimer(Timer.END));
    }

    private static Step stopBoth(Stopping stop, Phase phase) {
        return Drain.stop(stop).after(new Effect.StopTimer(Timer.READY), new Effect.Send(new Message.Stop(stop.by())),
                new Effect.Report(
                        new Outcome.Failed(phase, "the server is stopping: " + stop.by(), OptionalInt.empty())),
                new Effect.ForgetSuccessor());
    }

    /// Nothing is decided before our acceptors have paused, because only then can they be resumed.
    static Step releasing(Releasing state, Event event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            case Event.Released released when state.givenUp().isEmpty() && attempt.stop().isEmpty() ->
                Step.to(new Trial(attempt, false, false),
                        new Effect.Send(new Message.Cutover(released.lastAcceptNanos())), // connections wait for it
                        new Effect.StopTimer(Timer.READY), new Effect.Announce(Phase.PROBATION),
                        new Effect.StartTimer(Timer.PROBATION),
                        new Effect.StartTimer(Timer.SILENCE));
            case Event.Released released -> released(state, state.givenUp().orElse("the server is stopping"));
            case Event.ReleaseFailed(String why) -> released(state, state.givenUp().orElse(why));
            case Event.PeerDied died ->
                Step.stay(
                        new Releasing(attempt, Optional.of(state.givenUp().orElse("the new process ended at cutover")),
                                Optional.of(died.exitStatus())));
            case Event.PeerLost lost -> givenUp(state, lost.how());
            case Event.FailArrived(String reason) -> givenUp(state, "the new version refused: " + reason);
            case Event.TimerFired(Timer timer) when timer == Timer.READY ->
                givenUp(state, "the cutover did not happen within the time limit");
            case Event.Stop stop ->
                Step.stay(new Releasing(attempt.stopping(stop.stopping()), state.givenUp(), state.died()));
            case Event.UpgradeAsked asked -> Serving.meanwhile(state, attempt,
                    new Releasing(attempt.askedAgain(), state.givenUp(), state.died()), asked, "switched to");
            default -> Step.stay(state);
        };
    }

    private static Step givenUp(Releasing state, String reason) {
        return Step.stay(
                new Releasing(state.attempt(), Optional.of(state.givenUp().orElse(reason)), state.died()));
    }

    /// It turned out at once that there was no cutover.
    static Step notSent(Attempt attempt, String why) {
        return takeBack(attempt, why, Optional.empty())
                .after(new Effect.StopTimer(Timer.PROBATION), new Effect.StopTimer(Timer.SILENCE));
    }

    private static Step released(Releasing state, String reason) {
        Attempt attempt = state.attempt();
        if (attempt.stop().isPresent()) {
            return stopBoth(attempt.stop().get(), Phase.CUTOVER);
        }
        return takeBack(attempt, reason, state.died());
    }

    private static Step takeBack(Attempt attempt, String reason, Optional<OptionalInt> died) {
        Step resume = Step.to(new Ending(attempt, Phase.CUTOVER, reason, true, died),
                new Effect.StopTimer(Timer.READY), new Effect.TakeBack());
        return died.isPresent() ? resume
                : resume.after(new Effect.Send(new Message.Abandon(reason)), new Effect.StartTimer(Timer.END));
    }

    static Step ending(Ending state, Event event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            case Event.PeerDied died -> ended(new Ending(attempt, state.phase(), state.reason(), state.takingBack(),
                    Optional.of(died.exitStatus())));
            // The time limit had passed before it was even started.
            case Event.SpawnFailed failed -> ended(new Ending(attempt, state.phase(), state.reason(),
                    state.takingBack(), Optional.of(OptionalInt.empty())));
            case Event.TakenBack() ->
                ended(new Ending(attempt, state.phase(), state.reason(), false, state.died()));
            case Event.TimerFired(Timer timer) when timer == Timer.END -> Step.to(state, new Effect.Kill());
            case Event.Stop stop -> stopEnding(state, stop.stopping());
            case Event.UpgradeAsked asked ->
                Serving.meanwhile(state, attempt, new Ending(attempt.askedAgain(), state.phase(),
                        state.reason(), state.takingBack(), state.died()), asked, "given up");
            default -> Step.stay(state);
        };
    }

    private static Step stopEnding(Ending state, Stopping stop) {
        return Step.to(new Ending(state.attempt().stopping(stop), state.phase(), state.reason(), state.takingBack(),
                state.died()), new Effect.Kill());
    }

    private static Step ended(Ending state) {
        if (state.takingBack() || state.died().isEmpty()) {
            return Step.stay(state);
        }
        return Serving
                .over(state.attempt(), new Outcome.Failed(state.phase(), state.reason(), state.died().get()))
                .after(new Effect.StopTimer(Timer.END), new Effect.ForgetSuccessor());
    }
}
