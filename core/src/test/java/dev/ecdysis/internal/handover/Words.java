package dev.ecdysis.internal.handover;

import dev.ecdysis.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// States, events and effects as the tables name them: without what makes no difference.
final class Words {
    private Words() {
    }

    static String of(State state) {
        List<String> notes = new ArrayList<>();
        attempt(state, notes);
        switch (state) {
            case State.Running(boolean signalled) when signalled -> notes.add("signal waits");
            case State.Releasing releasing -> {
                note(notes, releasing.givenUp().isPresent(), "given up");
                note(notes, releasing.died().isPresent(), "successor dead");
            }
            case State.CuttingOver cuttingOver -> {
                note(notes, cuttingOver.givenUp().isPresent(), "given up");
                note(notes, cuttingOver.died().isPresent(), "successor dead");
            }
            case State.Ending ending -> {
                note(notes, ending.takingBack(), "taking back");
                note(notes, ending.died().isPresent(), "successor dead");
            }
            case State.Probation probation -> {
                note(notes, probation.beaten(), "beaten");
                note(notes, probation.over(), "over");
            }
            case State.Inheriting inheriting -> {
                peer(notes, inheriting.peer());
                note(notes, inheriting.signalled(), "signal waits");
            }
            case State.AwaitingCutover awaiting -> {
                peer(notes, awaiting.peer());
                note(notes, awaiting.signalled(), "signal waits");
            }
            case State.Abandoned abandoned -> note(notes, abandoned.stopped(), "to stop");
            case State.TakingOver taking -> {
                peer(notes, taking.peer());
                taking.withdrawal().ifPresent(why -> notes.add(why.stop().isPresent() ? "to stop" : "to let go"));
                note(notes, taking.signalled(), "signal waits");
            }
            case State.OnProbation onProbation -> {
                peer(notes, onProbation.peer());
                note(notes, onProbation.signalled(), "signal waits");
            }
            case State.Relinquishing relinquishing -> {
                note(notes, relinquishing.ready(), "was ready");
                note(notes, relinquishing.alone(), "alone");
                note(notes, relinquishing.inDoubt(), "peer lost");
                note(notes, relinquishing.peer().isEmpty(), "unheard");
                note(notes, relinquishing.hasLetGo(), "done");
                note(notes, relinquishing.stop().isPresent(), "stop waits");
                note(notes, relinquishing.signalled(), "signal waits");
            }
            case State.Draining draining -> {
                notes.add(name(draining.cause()));
                note(notes, draining.warned().isPresent(), "warned");
            }
            case State.Exited exited -> notes.add(name(exited.cause()));
            default -> {
            }
        }
        return name(state) + (notes.isEmpty() ? "" : " (" + String.join(", ", notes) + ")");
    }

    private static void attempt(State state, List<String> notes) {
        Attempt attempt = switch (state) {
            case State.Preflight preflight -> preflight.attempt();
            case State.Spawning spawning -> spawning.attempt();
            case State.Initialising initialising -> initialising.attempt();
            case State.Releasing releasing -> releasing.attempt();
            case State.CuttingOver cuttingOver -> cuttingOver.attempt();
            case State.Ending ending -> ending.attempt();
            case State.Probation probation -> probation.attempt();
            case State.Committing committing -> committing.attempt();
            case State.Recalling recalling -> recalling.attempt();
            case State.Killing killing -> killing.attempt();
            case State.TakingBack takingBack -> takingBack.attempt();
            default -> null;
        };
        if (attempt != null) {
            note(notes, attempt.again(), "signal waits");
            note(notes, attempt.stop().isPresent(), "stop waits");
        }
    }

    private static void peer(List<String> notes, State.Peer peer) {
        note(notes, peer == State.Peer.LOST, "peer lost");
        note(notes, peer == State.Peer.DEAD, "peer dead");
    }

    private static void note(List<String> notes, boolean holds, String note) {
        if (holds) {
            notes.add(note);
        }
    }

    static String of(Event event) {
        return switch (event) {
            case Event.UpgradeAsked asked -> "UpgradeAsked by " + asked.origin()
                    + (asked.draining().isEmpty() ? "" : ", as many drain as may");
            case Event.OlderEnded ended -> "OlderEnded"
                    + (ended.draining().isEmpty() ? "" : ", as many drain as may");
            case Event.TimerFired(Timer timer) -> "TimerFired " + timer;
            case Event.HeartbeatArrived(Sign sign) -> "HeartbeatArrived" + switch (sign) {
                case HEALTHY -> "";
                case ALIVE -> ", alive only";
                case STALE -> ", but it waited";
            };
            case Event.CommittedArrived(boolean again) -> "CommittedArrived" + (again ? ", upgrade again" : "");
            default -> name(event);
        };
    }

    static String of(Effect effect) {
        return switch (effect) {
            case Effect.StartTimer(Timer timer, Limit limit) ->
                "StartTimer " + timer + (limit == Limit.USUAL ? "" : " (" + limit + ")");
            case Effect.StopTimer(Timer timer) -> "StopTimer " + timer;
            case Effect.Announce(Phase phase, boolean own) -> "Announce " + phase;
            case Effect.NotifyServiceManager(ServiceState state) -> "NotifyServiceManager " + state;
            case Effect.Send send -> "Send " + name(send.message());
            case Effect.SendCommitted(boolean again) -> "SendCommitted" + (again ? " (upgrade again)" : "");
            case Effect.Report report -> "Report " + name(report.outcome())
                    + (report.outcome() instanceof Outcome.Failed failed ? " at " + failed.phase() : "");
            case Effect.Acknowledge acknowledge ->
                "Acknowledge" + (acknowledge.heeded() ? "" : " (in doubt or ignored)");
            case Effect.BeginDrain(Cause cause) -> "BeginDrain " + name(cause);
            case Effect.Finish(Cause cause, long cutOff) -> "Finish " + name(cause);
            default -> name(effect);
        };
    }

    static String of(List<Effect> effects) {
        return effects.stream().map(Words::of).collect(Collectors.joining(", "));
    }

    private static String name(Object value) {
        return value.getClass().getSimpleName();
    }
}
