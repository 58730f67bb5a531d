package dev.ecdysis.internal.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The transitions that the promises rest on, by hand; `docs/states.md` has them all.
class TransitionsTest {
    private static final Handover HANDOVER = new Handover(2);

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    Running                         | UpgradeAsked by COMMAND | Preflight         | Announce PREFLIGHT, RunPreflight
                    Preflight                       | PreflightPassed  | Spawning                 | Announce SPAWNING, StartTimer READY, Spawn
                    Preflight                       | PreflightFailed  | Running                  | Report Refused
                    Spawning                        | HelloArrived     | Initialising             | Announce INITIALISING, SendWelcome
                    Spawning                        | SpawnFailed      | Running                  | StopTimer READY, Report Failed at SPAWNING
                    Initialising                    | ReadyArrived     | Releasing                | Announce CUTOVER, Release
                    Initialising                    | TimerFired READY | Ending                   | StopTimer READY, Send Abandon, StartTimer END
                    Initialising                    | PeerDied         | Running                  | StopTimer READY, ForgetSuccessor, Report Failed at INITIALISING
                    Releasing | Released | CuttingOver | SendCutover
                    CuttingOver | CutoverSent | Probation | StopTimer READY, Announce PROBATION, StartTimer PROBATION, StartTimer SILENCE (FIRST_BEAT), StartReports
                    CuttingOver | CutoverFailed | Ending (taking back) | Send Abandon, StartTimer END, StopTimer READY, TakeBack
                    CuttingOver | FailArrived | CuttingOver (given up) | ''
                    CuttingOver (given up) | CutoverSent | Recalling | StopTimer READY, Announce PROBATION, StopTimer PROBATION, StopTimer SILENCE, Send Abandon, StartTimer RECALL
                    CuttingOver (given up, successor dead) | CutoverFailed | Ending (taking back, successor dead) | StopTimer READY, TakeBack
                    Releasing                       | ReleaseFailed    | Ending (taking back)     | Send Abandon, StartTimer END, StopTimer READY, TakeBack
                    Releasing (given up, successor dead) | Released    | Ending (taking back, successor dead) | StopTimer READY, TakeBack
                    Ending                          | TimerFired END   | Ending                   | Kill
                    Ending                          | PeerDied         | Running                  | StopTimer END, ForgetSuccessor, Report Failed at CUTOVER
                    Ending                          | SpawnFailed      | Running                  | StopTimer END, ForgetSuccessor, Report Failed at CUTOVER
                    Ending (taking back)            | TakenBack        | Ending                   | ''
                    """)
    void aPredecessorBeforeCutover(String state, String event, String next, String effects) {
        leads(state, event, next, effects);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    Probation                   | TimerFired PROBATION | Probation (over)   | StartTimer PROBATION (HEALTH_CHECK)
                    Probation (over)            | TimerFired PROBATION | Recalling      | StopReports, StopTimer PROBATION, StopTimer SILENCE, Send Abandon, StartTimer RECALL
                    Probation (over)            | 'HeartbeatArrived, alive only' | Probation (beaten, over) | StartTimer SILENCE
                    Probation                   | 'HeartbeatArrived, alive only' | Probation (beaten) | StartTimer SILENCE
                    Probation (over)            | HeartbeatArrived | Committing         | StopReports, StopTimer PROBATION, StartTimer SILENCE, SendCommitted
                    Probation (over)            | 'HeartbeatArrived, but it waited' | Probation (over) | ''
                    Probation                   | 'HeartbeatArrived, but it waited' | Probation | ''
                    Probation (beaten)          | TimerFired PROBATION | Probation (beaten, over) | StartTimer PROBATION (HEALTH_CHECK)
                    Probation                   | TimerFired SILENCE | Killing          | StopReports, StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Kill
                    Probation                   | PeerLost         | Killing            | StopReports, StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Kill
                    Probation                   | PeerDied         | TakingBack         | StopReports, StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, TakeBack
                    Probation                   | FailArrived      | Recalling          | StopReports, StopTimer PROBATION, StopTimer SILENCE, Send Abandon, StartTimer RECALL
                    Recalling               | TimerFired RECALL | Killing           | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Kill
                    Recalling               | PausedArrived    | TakingBack         | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, TakeBack
                    Killing                 | PausedArrived    | Killing            | ''
                    Killing                 | PeerLost         | Killing            | ''
                    Killing                 | StopArrived      | Killing (stop waits) | ''
                    Probation                   | StopAsked        | Draining (Stopped, warned) | StopReports, StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Send Stop, Report Failed at PROBATION, CloseListeners, ForgetSuccessor, Announce DRAINING, BeginDrain Stopped, NotifyServiceManager STOPPING
                    Probation                   | StopArrived      | Draining (Stopped)  | StopReports, StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Send Stop, Report Failed at PROBATION, CloseListeners, ForgetSuccessor, Announce DRAINING, BeginDrain Stopped, NotifyServiceManager STOPPING
                    Draining (Stopped)      | StopAsked        | Draining (Stopped, warned) | ''
                    Draining (Stopped, warned) | StopAsked     | Draining (Stopped, warned) | EndDrain
                    TakingBack              | TakenBack        | Running            | ForgetSuccessor, Report RolledBack
                    TakingBack (stop waits) | TakenBack        | Draining (Stopped, warned) | ForgetSuccessor, Report RolledBack, CloseListeners, Announce DRAINING, BeginDrain Stopped, NotifyServiceManager STOPPING
                    Committing              | CommitSent       | Draining (Upgraded) | StopTimer SILENCE, NotifyServiceManager REPLACED, Report Committed, CloseListeners, Announce DRAINING, BeginDrain Upgraded
                    Committing              | StopAsked        | Committing (stop waits) | ''
                    Committing              | StopArrived      | Committing (stop waits) | ''
                    Committing (stop waits) | CommitSent       | Draining (Upgraded, warned) | StopTimer SILENCE, NotifyServiceManager REPLACED, Report Committed, CloseListeners, Announce DRAINING, BeginDrain Upgraded
                    Committing (stop waits) | PeerDied         | TakingBack (stop waits) | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, TakeBack
                    Committing              | TimerFired SILENCE | Killing          | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Kill
                    Committing              | FailArrived      | Killing            | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Kill
                    Committing              | PeerLost         | Killing            | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Kill
                    Committing              | UpgradeAsked by COMMAND | Committing  | Refuse
                    """)
    void aPredecessorAfterCutover(String state, String event, String next, String effects) {
        leads(state, event, next, effects);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    Inheriting                  | ApplicationReady | AwaitingCutover        | Send Ready
                    Inheriting (peer dead)      | ApplicationReady | TakingOver (peer dead)     | Take
                    Inheriting                  | ApplicationFailed | Abandoned             | Send Fail, StopTimer PREDECESSOR_DEATH, FailReady
                    Inheriting                  | PeerDied         | Inheriting (peer dead) | StopTimer PREDECESSOR_DEATH, AnswerClients
                    Inheriting                  | UpgradeAsked by SIGNAL | Inheriting (signal waits) | Send Signalled, Acknowledge
                    Inheriting (peer lost)      | UpgradeAsked by SIGNAL | Inheriting (peer lost, signal waits) | Send Signalled, Acknowledge (in doubt or ignored)
                    Inheriting (peer dead)      | UpgradeAsked by SIGNAL | Inheriting (peer dead, signal waits) | Acknowledge
                    Inheriting (peer dead)      | UpgradeAsked by COMMAND | Inheriting (peer dead) | Refuse
                    Inheriting (peer dead, signal waits) | ApplicationReady | TakingOver (peer dead, signal waits) | Take
                    TakingOver (peer dead, signal waits) | Taken       | Running (signal waits) | ReleaseReady, StopTimer PREDECESSOR_DEATH, BecomeOwner, NotifyServiceManager SERVING, Rehearse, CountDraining
                    Running (signal waits)      | OlderEnded       | Preflight              | Acknowledge, Announce PREFLIGHT, RunPreflight
                    AwaitingCutover             | CutoverArrived   | TakingOver                 | Take
                    AwaitingCutover (signal waits) | CutoverArrived | TakingOver (signal waits) | Take
                    AwaitingCutover             | PeerLost         | AwaitingCutover (peer lost) | StartTimer PREDECESSOR_DEATH
                    AwaitingCutover (peer lost) | PeerDied         | TakingOver (peer dead)     | StopTimer PREDECESSOR_DEATH, Take
                    AwaitingCutover (peer lost) | TimerFired PREDECESSOR_DEATH | Abandoned            | StopTimer PREDECESSOR_DEATH, FailReady
                    TakingOver                      | Taken            | OnProbation                | ReleaseReady, Announce PROBATION, StartBeating
                    TakingOver                      | TakeFailed       | Relinquishing              | FailReady, Send Fail, StopTimer PREDECESSOR_DEATH, LetGo
                    TakingOver (peer dead)          | Taken            | Running                | ReleaseReady, StopTimer PREDECESSOR_DEATH, BecomeOwner, NotifyServiceManager SERVING, Rehearse
                    TakingOver (to let go)          | PeerDied         | TakingOver (peer dead)     | StopTimer PREDECESSOR_DEATH
                    TakingOver (to let go)          | Taken            | Relinquishing (was ready) | ReleaseReady, StopTimer PREDECESSOR_DEATH, LetGo
                    OnProbation                     | ApplicationFailed | OnProbation               | Send Fail
                    OnProbation                     | AbandonArrived   | Relinquishing (was ready) | StopBeating, StopTimer PREDECESSOR_DEATH, LetGo
                    OnProbation                     | PeerLost         | OnProbation (peer lost)    | StartTimer PREDECESSOR_DEATH
                    OnProbation (peer lost)         | TimerFired PREDECESSOR_DEATH | Relinquishing (was ready, unheard) | StopBeating, LetGo
                    OnProbation                     | CommittedArrived | Running                | StopBeating, StopTimer PREDECESSOR_DEATH, BecomeOwner, NotifyServiceManager COMMITTED, Rehearse
                    OnProbation                     | UpgradeAsked by SIGNAL | OnProbation (signal waits) | Send Signalled, Acknowledge
                    OnProbation                     | StopArrived      | Draining (Stopped)     | StopBeating, StopTimer PREDECESSOR_DEATH, CloseListeners, Announce DRAINING, BeginDrain Stopped, NotifyServiceManager STOPPING
                    OnProbation                     | StopAsked        | Draining (Stopped, warned) | StopBeating, Send Stop, StopTimer PREDECESSOR_DEATH, CloseListeners, Announce DRAINING, BeginDrain Stopped, NotifyServiceManager STOPPING
                    Relinquishing (was ready)      | PeerDied         | Relinquishing (was ready, alone) | StopTimer PREDECESSOR_DEATH
                    Relinquishing                   | PeerDied         | Relinquishing              | ''
                    Relinquishing (was ready, alone, stop waits) | Released | Draining (Stopped, warned) | StopTimer PREDECESSOR_DEATH, CloseListeners, Announce DRAINING, BeginDrain Stopped, NotifyServiceManager STOPPING
                    Relinquishing (was ready, alone, signal waits) | Released | TakingOver (peer dead, signal waits) | TakeBack
                    Relinquishing (was ready, alone) | Released       | TakingOver (peer dead)     | TakeBack
                    Relinquishing (was ready, alone) | ReleaseFailed  | TakingOver (peer dead)     | TakeBack
                    TakingOver (peer dead)          | TakenBack        | Running                | StopTimer PREDECESSOR_DEATH, BecomeOwner, NotifyServiceManager SERVING, Rehearse
                    Relinquishing (was ready) | Released | Relinquishing (was ready, done) | SendPaused
                    Relinquishing (was ready, done) | PausedSent | Draining (RolledBack) | CloseListeners, Announce DRAINING, BeginDrain RolledBack
                    Relinquishing (was ready, done) | PeerLost | Relinquishing (was ready, peer lost, done) | StartTimer PREDECESSOR_DEATH
                    Relinquishing (was ready, peer lost) | Released | Relinquishing (was ready, peer lost, done) | ''
                    Relinquishing (was ready, peer lost, done) | PeerDied | TakingOver (peer dead) | StopTimer PREDECESSOR_DEATH, TakeBack
                    Relinquishing (was ready, peer lost, done) | TimerFired PREDECESSOR_DEATH | Draining (RolledBack) | StopTimer PREDECESSOR_DEATH, CloseListeners, Announce DRAINING, BeginDrain RolledBack
                    Relinquishing (was ready, unheard) | Released | Draining (RolledBack) | Send Paused, CloseListeners, Announce DRAINING, BeginDrain RolledBack
                    Relinquishing                   | Released         | Draining (RolledBack)  | Send Paused, CloseListeners, Announce DRAINING, BeginDrain RolledBack
                    Relinquishing                   | ReleaseFailed    | Draining (RolledBack)  | CloseListeners, Announce DRAINING, BeginDrain RolledBack
                    Relinquishing                   | StopAsked        | Relinquishing (stop waits) | Send Stop
                    Relinquishing                   | StopArrived      | Relinquishing (stop waits) | ''
                    Relinquishing                   | UpgradeAsked by SIGNAL | Relinquishing (signal waits) | Send Signalled, Acknowledge (in doubt or ignored)
                    Draining (RolledBack)       | UpgradeAsked by SIGNAL | Draining (RolledBack) | Send Signalled, Acknowledge (in doubt or ignored)
                    Abandoned                   | AbandonArrived   | Abandoned              | Send Paused
                    Draining (RolledBack)       | AbandonArrived   | Draining (RolledBack)  | ''
                    """)
    void aSuccessor(String state, String event, String next, String effects) {
        leads(state, event, next, effects);
    }

    @Test
    void everyCommandIsAnsweredOrTakenUp() {
        Event command = new Event.UpgradeAsked(Origin.COMMAND, 8, List.of());
        assertThat(Samples.states().values()).allSatisfy(state -> {
            Step step = HANDOVER.next(state, command);
            assertThat(step.effects()).hasAtLeastOneElementOfType(
                    state instanceof State.Running ? Effect.RunPreflight.class : Effect.Refuse.class);
        });
    }

    /// And what is said is so: a signal that is heeded begins an upgrade now, or the state remembers it.
    @Test
    void everySignalIsAcknowledgedOnce() {
        Event signal = new Event.UpgradeAsked(Origin.SIGNAL, 9, List.of());
        assertThat(Samples.states().values()).allSatisfy(state -> {
            Step step = HANDOVER.next(state, signal);
            List<Effect.Acknowledge> said = step.effects().stream().filter(Effect.Acknowledge.class::isInstance)
                    .map(Effect.Acknowledge.class::cast).toList();
            assertThat(said).hasSize(1).allMatch(one -> one.requester() == 9);
            boolean begins = step.state() instanceof State.Preflight && !(state instanceof State.Preflight);
            assertThat(said.getFirst().what().equals("upgrading")).isEqualTo(begins);
            if (said.getFirst().heeded()) {
                assertThat(begins || Words.of(step.state()).contains("signal waits")).isTrue();
            }
        });
    }

    /// Its own has said so already.
    @Test
    void aSignalThatWasPassedOnIsNotAcknowledgedAgain() {
        assertThat(Samples.states().values()).filteredOn(state -> !(state instanceof State.Running))
                .allSatisfy(state -> assertThat(HANDOVER.next(state, Event.UpgradeAsked.ofSuccessor()).effects())
                        .doesNotHaveAnyElementsOfTypes(Effect.Acknowledge.class));
    }

    /// Generation 0 is not the new version of anything, and a server that stops will not be ready again.
    @Test
    void aRefusalBeforeReadyIsTrueOfWhoeverSaysIt() {
        assertThat(refusal(new State.Inheriting(State.Peer.DEAD, false)))
                .isEqualTo("this process is still initialising; ask again when it is ready");
        assertThat(refusal(new State.TakingOver(State.Peer.DEAD, Optional.empty(), true)))
                .isEqualTo("this process is still initialising; ask again when it is ready");
        assertThat(refusal(new State.Inheriting(State.Peer.THERE, false))).contains("not committed yet");
        assertThat(refusal(new State.AwaitingCutover(State.Peer.LOST, false))).contains("not committed yet");
        assertThat(refusal(new State.Abandoned("x", true))).isEqualTo("the server is stopping");
        assertThat(refusal(new State.Abandoned("x", false))).contains("given up before it was ready");
        assertThat(refusal(new State.TakingOver(State.Peer.DEAD,
                Optional.of(State.Withdrawal.stop(new Stopping("x", Samples.NOTED))), false)))
                .isEqualTo("the server is stopping");
    }

    private static String refusal(State state) {
        Step step = HANDOVER.next(state, new Event.UpgradeAsked(Origin.COMMAND, 8, List.of()));
        assertThat(step.state()).isEqualTo(state);
        assertThat(step.effects()).hasSize(1);
        return ((Effect.Refuse) step.effects().getFirst()).why();
    }

    /// Whoever was asked, and although something else went wrong before the stop could be carried out.
    @Test
    void aStopIsNoFailureOfASuccessor() {
        assertThat(HANDOVER.next(new State.Inheriting(State.Peer.THERE, false), new Event.StopArrived("x")).effects())
                .contains(new Effect.FailReady("the server is stopping: x", true, true));
        assertThat(HANDOVER.next(new State.AwaitingCutover(State.Peer.THERE, false), new Event.StopAsked("x", 7))
                .effects())
                .contains(new Effect.FailReady("the server is stopping: x", true, true));
        assertThat(HANDOVER.next(new State.AwaitingCutover(State.Peer.THERE, false), new Event.AbandonArrived("x"))
                .effects())
                .contains(new Effect.FailReady("x", false, true));
        State stopping = new State.TakingOver(State.Peer.THERE,
                Optional.of(State.Withdrawal.stop(new Stopping("x", Samples.NOTED))),
                false);
        assertThat(HANDOVER.next(stopping, new Event.TakeFailed("y")).effects())
                .contains(new Effect.FailReady("y", true, false));
    }

    /// To the process group, and from whoever passes it on: that is one stop. What is measured is when they came, also
    /// when they were handled much later, in one go, or in another order.
    @Test
    void theSameStopOnceMoreWithinASecondIsNoSecondOne() {
        State asked = HANDOVER.next(new State.Running(false), new Event.StopAsked("x", 100)).state();
        long secondLater = 100 + Duration.ofSeconds(1).toNanos();
        for (long noted : new long[] {100, 101, secondLater - 1, 99}) {
            assertThat(HANDOVER.next(asked, new Event.StopAsked("y", noted))).isEqualTo(Step.stay(asked));
        }
        assertThat(HANDOVER.next(asked, new Event.StopAsked("y", secondLater)))
                .isEqualTo(Step.to(asked, new Effect.EndDrain()));
    }

    /// The first one may have waited for the upgrade to be decided, and only what came to this process itself counts.
    @Test
    void theFirstStopIsTheFirstThatThisProcessGot() {
        State told = HANDOVER.next(new State.Running(false), new Event.UpgradeAsked(Origin.API, 0, List.of())).state();
        told = HANDOVER.next(told, new Event.PreflightPassed()).state();
        told = HANDOVER.next(told, new Event.HelloArrived()).state();
        told = HANDOVER.next(told, new Event.ReadyArrived(List.of())).state();
        told = HANDOVER.next(told, new Event.StopArrived("told")).state();
        told = HANDOVER.next(told, new Event.StopAsked("x", 100)).state();
        told = HANDOVER.next(told, new Event.StopAsked("y", 500)).state();
        State draining = HANDOVER.next(told, new Event.Released(1)).state();
        assertThat(draining).isEqualTo(new State.Draining(new Cause.Stopped("told"), OptionalLong.of(100)));
    }

    private static void leads(String state, String event, String next, String effects) {
        assertThat(Samples.states()).containsKey(state);
        assertThat(Samples.events()).containsKey(event);
        Step step = HANDOVER.next(Samples.states().get(state), Samples.events().get(event));
        assertThat(Words.of(step.state())).isEqualTo(next);
        assertThat(Words.of(step.effects())).isEqualTo(effects);
    }
}
