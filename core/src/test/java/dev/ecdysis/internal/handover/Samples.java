package dev.ecdysis.internal.handover;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.State.Peer;
import dev.ecdysis.internal.handover.State.Withdrawal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// One of each state and event, in each variety that matters, by the name that the tables give it.
final class Samples {
    static final String WHY = "why";
    /// When a stop was noted.
    static final OptionalLong NOTED = OptionalLong.of(5);
    /// When one is noted that does not only repeat it.
    private static final long MUCH_LATER = 5 + Duration.ofSeconds(1).toNanos();
    private static final Attempt ATTEMPT = Attempt.by(Origin.COMMAND, 7);
    private static final Optional<OptionalInt> DEAD = Optional.of(OptionalInt.of(1));

    private static final State.Relinquishing RELINQUISHING = State.Relinquishing.because(WHY, true,
            Optional.of(Peer.THERE), false);

    private Samples() {
    }

    static Map<String, State> states() {
        Map<String, State> all = new LinkedHashMap<>();
        for (State state : predecessors()) {
            all.put(Words.of(state), state);
        }
        for (State state : successors()) {
            all.put(Words.of(state), state);
        }
        return all;
    }

    private static List<State> predecessors() {
        Attempt stopping = ATTEMPT.stopping(new Stopping(WHY, NOTED));
        return List.of(new State.Running(false), new State.Running(true), new State.Preflight(ATTEMPT),
                new State.Spawning(ATTEMPT), new State.Initialising(ATTEMPT),
                new State.Releasing(ATTEMPT, Optional.empty(), Optional.empty()),
                new State.Releasing(ATTEMPT, Optional.of(WHY), Optional.empty()),
                new State.Releasing(ATTEMPT, Optional.of(WHY), DEAD),
                new State.Releasing(stopping, Optional.empty(), Optional.empty()),
                new State.CuttingOver(ATTEMPT, Optional.empty(), Optional.empty()),
                new State.CuttingOver(ATTEMPT, Optional.of(WHY), Optional.empty()),
                new State.CuttingOver(ATTEMPT, Optional.of(WHY), DEAD),
                new State.CuttingOver(stopping, Optional.empty(), Optional.empty()),
                new State.Ending(ATTEMPT, Phase.CUTOVER, WHY, false, Optional.empty()),
                new State.Ending(ATTEMPT, Phase.CUTOVER, WHY, true, Optional.empty()),
                new State.Ending(ATTEMPT, Phase.CUTOVER, WHY, true, DEAD),
                new State.Ending(stopping, Phase.CUTOVER, WHY, false, Optional.empty()),
                new State.Probation(ATTEMPT, false, false), new State.Probation(ATTEMPT, true, false),
                new State.Probation(ATTEMPT, false, true), new State.Committing(ATTEMPT),
                new State.Committing(stopping),
                new State.Recalling(ATTEMPT, WHY), new State.Killing(ATTEMPT, WHY),
                new State.TakingBack(ATTEMPT, WHY, OptionalInt.empty()),
                new State.TakingBack(ATTEMPT.askedAgain(), WHY, OptionalInt.empty()),
                new State.TakingBack(stopping, WHY, OptionalInt.empty()));
    }

    private static List<State> successors() {
        Optional<Withdrawal> rolledBack = Optional.of(Withdrawal.rollback(WHY));
        return List.of(new State.Inheriting(Peer.THERE, false), new State.Inheriting(Peer.LOST, false),
                new State.Inheriting(Peer.DEAD, false), new State.Inheriting(Peer.DEAD, true),
                new State.AwaitingCutover(Peer.THERE, false), new State.AwaitingCutover(Peer.LOST, false),
                new State.AwaitingCutover(Peer.THERE, true), new State.TakingOver(Peer.THERE, Optional.empty(), false),
                new State.TakingOver(Peer.LOST, Optional.empty(), false),
                new State.TakingOver(Peer.DEAD, Optional.empty(), false),
                new State.TakingOver(Peer.DEAD, Optional.empty(), true),
                new State.TakingOver(Peer.THERE, rolledBack, false),
                new State.TakingOver(Peer.THERE, Optional.of(Withdrawal.stop(new Stopping(WHY, NOTED))), false),
                new State.OnProbation(Peer.THERE, false), new State.OnProbation(Peer.LOST, false),
                new State.OnProbation(Peer.THERE, true), RELINQUISHING,
                State.Relinquishing.because(WHY, false, Optional.of(Peer.THERE), false), RELINQUISHING.done(),
                RELINQUISHING.with(Peer.LOST), RELINQUISHING.with(Peer.LOST).done(), RELINQUISHING.withoutWord(),
                RELINQUISHING.with(Peer.DEAD), RELINQUISHING.with(Peer.DEAD).stopping(new Stopping(WHY, NOTED)),
                State.Relinquishing.because(WHY, true, Optional.of(Peer.DEAD), true), new State.Abandoned(WHY, false),
                new State.Abandoned(WHY, true),
                new State.Draining(new Cause.Upgraded(), OptionalLong.empty()),
                new State.Draining(new Cause.Stopped(WHY), OptionalLong.empty()),
                new State.Draining(new Cause.Stopped(WHY), NOTED),
                new State.Draining(new Cause.RolledBack(WHY), OptionalLong.empty()),
                new State.Exited(new Cause.Upgraded()));
    }

    static Map<String, Event> events() {
        List<Event> events = List.of(new Event.UpgradeAsked(Origin.SIGNAL, 9, List.of()),
                new Event.UpgradeAsked(Origin.COMMAND, 8, List.of()),
                new Event.UpgradeAsked(Origin.SIGNAL, 9, List.of(1L, 2L)),
                new Event.UpgradeAsked(Origin.COMMAND, 8, List.of(1L, 2L)), new Event.StopAsked(WHY, MUCH_LATER),
                new Event.OlderEnded(List.of()), new Event.OlderEnded(List.of(1L, 2L)),
                new Event.TimerFired(Timer.READY), new Event.TimerFired(Timer.PROBATION),
                new Event.TimerFired(Timer.SILENCE), new Event.TimerFired(Timer.RECALL),
                new Event.TimerFired(Timer.END), new Event.TimerFired(Timer.PREDECESSOR_DEATH), new Event.PeerLost(WHY),
                new Event.PeerDied(OptionalInt.of(1)), new Event.StopArrived(WHY), new Event.PreflightPassed(),
                new Event.PreflightFailed(WHY), new Event.Spawned(), new Event.SpawnFailed(WHY),
                new Event.HelloArrived(), new Event.ReadyArrived(List.of("http")), new Event.Released(1),
                new Event.CutoverSent(), new Event.CutoverFailed(WHY), new Event.ReleaseFailed(WHY),
                new Event.HeartbeatArrived(Sign.HEALTHY),
                new Event.HeartbeatArrived(Sign.ALIVE), new Event.HeartbeatArrived(Sign.STALE),
                new Event.PausedArrived(),
                new Event.FailArrived(WHY), new Event.CommitSent(), new Event.TakenBack(),
                new Event.ApplicationReady(List.of("http"), 0, 0), new Event.ApplicationFailed(WHY),
                new Event.CutoverArrived(), new Event.Taken(), new Event.TakeFailed(WHY),
                new Event.PausedSent(), new Event.CommittedArrived(false), new Event.CommittedArrived(true),
                new Event.AbandonArrived(WHY),
                new Event.DrainFinished(0));
        Map<String, Event> all = new LinkedHashMap<>();
        events.forEach(event -> all.put(Words.of(event), event));
        return all;
    }
}
