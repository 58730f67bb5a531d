package dev.ecdysis.internal.handover;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.State.CuttingOver;
import dev.ecdysis.internal.handover.State.Ending;
import dev.ecdysis.internal.handover.State.Initialising;
import dev.ecdysis.internal.handover.State.Releasing;
import dev.ecdysis.internal.handover.State.Spawning;
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
            case Event.HelloArrived() ->
                Step.to(new Initialising(attempt), Effect.Announce.ofSuccessor(Phase.INITIALISING),
                        new Effect.SendWelcome());
            case Event.SpawnFailed(String why) ->
                Serving.over(attempt, new Outcome.Failed(Phase.SPAWNING, why, OptionalInt.empty()))
                        .after(new Effect.StopTimer(Timer.READY));
            case Event.UpgradeAsked asked ->
                Serving.meanwhile(state, attempt, new Spawning(attempt.askedAgain()), asked, "started");
            default -> anyStage(state, attempt, Phase.SPAWNING, event);
        };
    }

    static Step initialising(Initialising state, Event event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            case Event.ReadyArrived ready -> Step.to(new Releasing(attempt, Optional.empty(), Optional.empty()),
                    Effect.Announce.ofSuccessor(Phase.CUTOVER), new Effect.Release(ready.claimed()));
            case Event.UpgradeAsked asked ->
                Serving.meanwhile(state, attempt, new Initialising(attempt.askedAgain()), asked, "initialised");
            default -> anyStage(state, attempt, Phase.INITIALISING, event);
        };
    }

    /// What ends an upgrade in the same way wherever it stands.
    private static Step anyStage(State state, Attempt attempt, Phase phase, Event event) {
        return switch (event) {
            case Event.PeerDied died -> Serving
                    .over(attempt, new Outcome.Failed(phase, "the new process ended before it was ready",
                            died.exitStatus()))
                    .after(new Effect.StopTimer(Timer.READY), Serving.forget(attempt));
            case Event.PeerLost lost -> end(attempt, phase, lost.how());
            case Event.FailArrived(String reason) -> end(attempt, phase, "the new version refused: " + reason);
            case Event.TimerFired(Timer timer) when timer == Timer.READY ->
                end(attempt, phase, "the new process was not ready within the time limit");
            case Event.Stop stop -> stopBoth(attempt, stop.stopping(), phase);
            default -> Step.stay(state);
        };
    }

    private static Step end(Attempt attempt, Phase phase, String reason) {
        return Step.to(new Ending(attempt, phase, reason, false, Optional.empty()), new Effect.StopTimer(Timer.READY),
                Effect.Send.toSuccessor(new Message.Abandon(reason)), new Effect.StartTimer(Timer.END));
    }

    private static Step stopBoth(Attempt attempt, Stopping stop, Phase phase) {
        return Drain.stop(stop).after(new Effect.StopTimer(Timer.READY),
                Effect.Send.toSuccessor(new Message.Stop(stop.by())),
                Effect.Report.of(attempt,
                        new Outcome.Failed(phase, "the server is stopping: " + stop.by(), OptionalInt.empty())),
                new Effect.ForgetSuccessor(true));
    }

    /// Nothing is decided before our acceptors have paused, because only then can they be resumed.
    static Step releasing(Releasing state, Event event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            case Event.Released released when state.givenUp().isEmpty() && attempt.stop().isEmpty() ->
                Step.to(new CuttingOver(attempt, Optional.empty(), Optional.empty()),
                        new Effect.SendCutover(released.lastAcceptNanos()));
            case Event.Released released ->
                noCutover(attempt, state.givenUp().orElse("the server is stopping"), state.died());
            case Event.ReleaseFailed(String why) -> noCutover(attempt, state.givenUp().orElse(why), state.died());
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

    /// What came in the meantime is judged once it is known whether the successor accepts. The first reason counts: a
    /// successor that said why it ends its connection has said why CUTOVER could not be sent.
    static Step cuttingOver(CuttingOver state, Event event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            case Event.CutoverSent() -> cutOver(state);
            case Event.CutoverFailed(String why) -> noCutover(attempt, state.givenUp().orElse(why), state.died());
            case Event.PeerDied died -> Step.stay(new CuttingOver(attempt,
                    Optional.of(state.givenUp().orElse("the new process ended at cutover")),
                    Optional.of(died.exitStatus())));
            case Event.PeerLost lost -> givenUp(state, lost.how());
            case Event.FailArrived(String reason) -> givenUp(state, "the new version refused: " + reason);
            case Event.Stop stop ->
                Step.stay(new CuttingOver(attempt.stopping(stop.stopping()), state.givenUp(), state.died()));
            case Event.UpgradeAsked asked -> Serving.meanwhile(state, attempt,
                    new CuttingOver(attempt.askedAgain(), state.givenUp(), state.died()), asked, "switched to");
            default -> Step.stay(state);
        };
    }

    private static Step givenUp(CuttingOver state, String reason) {
        return Step.stay(
                new CuttingOver(state.attempt(), Optional.of(state.givenUp().orElse(reason)), state.died()));
    }

    private static Step cutOver(CuttingOver state) {
        return AfterCutover.begin(state.attempt(), state.givenUp(), state.died())
                .after(new Effect.StopTimer(Timer.READY), Effect.Announce.ofSuccessor(Phase.PROBATION));
    }

    private static Step noCutover(Attempt attempt, String reason, Optional<OptionalInt> died) {
        if (attempt.stop().isPresent()) {
            return stopBoth(attempt, attempt.stop().get(), Phase.CUTOVER);
        }
        return takeBack(attempt, reason, died);
    }

    private static Step takeBack(Attempt attempt, String reason, Optional<OptionalInt> died) {
        Step resume = Step.to(new Ending(attempt, Phase.CUTOVER, reason, true, died),
                new Effect.StopTimer(Timer.READY), new Effect.TakeBack());
        return died.isPresent() ? resume
                : resume.after(Effect.Send.toSuccessor(new Message.Abandon(reason)), new Effect.StartTimer(Timer.END));
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
                .after(new Effect.StopTimer(Timer.END), Serving.forget(state.attempt()));
    }
}
