package dev.ecdysis.internal.handover;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.State.Preflight;
import dev.ecdysis.internal.handover.State.Running;
import dev.ecdysis.internal.handover.State.Spawning;
import java.util.List;
import java.util.stream.Collectors;

/// A process that serves and decides whether to begin an upgrade.
final class Serving {
    private final int maxDraining;

    Serving(int maxDraining) {
        this.maxDraining = maxDraining;
    }

    Step running(Running state, Event event) {
        return switch (event) {
            case Event.UpgradeAsked asked when asked.draining().size() < maxDraining ->
                Heard.begins(begin(asked.origin(), asked.requester()), asked);
            case Event.UpgradeAsked asked when asked.origin() == Origin.SIGNAL ->
                Heard.remembered(new Running(true), asked, "one of the processes that drain has ended");
            case Event.UpgradeAsked asked ->
                Step.to(state, new Effect.Refuse(asked.requester(), full(asked.draining())));
            case Event.OlderEnded ended when state.signalled() && ended.draining().size() < maxDraining ->
                Heard.beginsLater(begin(Origin.SIGNAL, Event.UpgradeAsked.PASSED_ON));
            case Event.StopAsked stop -> Drain.stop(stop.stopping());
            default -> Step.stay(state);
        };
    }

    Step preflight(Preflight state, Event event) {
        Attempt attempt = state.attempt();
        return switch (event) {
            case Event.PreflightPassed() -> Step.to(new Spawning(attempt), Effect.Announce.ofSuccessor(Phase.SPAWNING),
                    new Effect.StartTimer(Timer.READY), new Effect.Spawn());
            case Event.PreflightFailed(String why) -> over(attempt, new Outcome.Refused(why));
            case Event.UpgradeAsked asked ->
                meanwhile(state, attempt, new Preflight(attempt.askedAgain()), asked, "checked");
            case Event.StopAsked stop -> Drain.stop(stop.stopping())
                    .after(Effect.Report.of(attempt, new Outcome.Refused("the server is stopping")));
            default -> Step.stay(state);
        };
    }

    private static Step begin(Origin origin, long requester) {
        return Step.to(new Preflight(Attempt.by(origin, requester)), Effect.Announce.ofSuccessor(Phase.PREFLIGHT),
                new Effect.RunPreflight(requester));
    }

    private String full(List<Long> draining) {
        String pids = draining.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return draining.size() + " processes of other generations still drain, the most that may (" + pids
                + "); try again when one has ended, or raise maxDraining";
    }

    /// An upgrade is over and this process serves on, unless a stop waited for that. A signal that came meanwhile
    /// counts as if it came now.
    static Step over(Attempt attempt, Outcome outcome) {
        Effect report = Effect.Report.of(attempt, outcome);
        if (attempt.stop().isPresent()) {
            return Drain.stop(attempt.stop().get()).after(report);
        }
        return attempt.again() ? Step.to(new Running(true), report, new Effect.CountDraining())
                : Step.to(new Running(false), report);
    }

    /// Its successor is of no interest any more.
    static Effect forget(Attempt attempt) {
        return new Effect.ForgetSuccessor(attempt.stop().isPresent());
    }

    /// Another upgrade was asked for while one is under way: a signal is remembered once, the others are answered.
    static Step meanwhile(State state, Attempt attempt, State remembering, Event.UpgradeAsked asked, String now) {
        if (asked.origin() == Origin.SIGNAL) {
            return attempt.stop().isPresent() ? Heard.ignored(state, asked, Heard.STOPPING)
                    : Heard.remembered(remembering, asked, Heard.THE_UPGRADE_IS_OVER);
        }
        return Step.to(state, new Effect.Refuse(asked.requester(),
                "an upgrade is under way already: the new version is being " + now + "; wait for its outcome"));
    }
}
