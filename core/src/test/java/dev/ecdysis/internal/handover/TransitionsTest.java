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
                    CuttingOver | CutoverSent | Trial | StopTimer READY, Announce PROBATION, StartTimer PROBATION, StartTimer SILENCE (FIRST_BEAT), StartReports
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
                    Trial                   | TimerFired PROBATION | Trial (over)   | StartTimer PROBATION (HEALTH_CHECK)
                    Trial (over)            | TimerFired PROBATION | Recalling      | StopReports, StopTimer PROBATION, StopTimer SILENCE, Send Abandon, StartTimer RECALL
                    Trial (over)            | 'HeartbeatArrived, alive only' | Trial (beaten, over) | StartTimer SILENCE
                    Trial                   | 'HeartbeatArrived, alive only' | Trial (beaten) | StartTimer SILENCE
                    Trial (over)            | HeartbeatArrived | Committing         | StopReports, StopTimer PROBATION, StartTimer SILENCE, SendCommitted
                    Trial (over)            | 'HeartbeatArrived, but it waited' | Trial (over) | ''
                    Trial                   | 'HeartbeatArrived, but it waited' | Trial | ''
                    Trial (beaten)          | TimerFired PROBATION | Trial (beaten, over) | StartTimer PROBATION (HEALTH_CHECK)
                    Trial                   | TimerFired SILENCE | Killing          | StopReports, StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Kill
                    Trial                   | PeerLost         | Killing            | StopReports, StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Kill
                    Trial                   | PeerDied         | TakingBack         | StopReports, StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, TakeBack
                    Trial                   | FailArrived      | Recalling          | StopReports, StopTimer PROBATION, StopTimer SILENCE, Send Abandon, StartTimer RECALL
                    Recalling               | TimerFired RECALL | Killing           | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Kill
                    Recalling               | PausedArrived    | TakingBack         | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, TakeBack
                    Killing                 | PausedArrived    | Killing            | ''
                    Killing                 | PeerLost         | Killing            | ''
                    Killing                 | StopArrived      | Killing (stop waits) | ''
                    Trial                   | StopAsked        | Draining (Stopped, warned) | StopReports, StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Send Stop, Report Failed at PROBATION, CloseListeners, ForgetSuccessor, Announce DRAINING, BeginDrain Stopped, NotifyServiceManager STOPPING
                    Trial                   | StopArrived      | Draining (Stopped)  | StopReports, StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Send Stop, Report Failed at PROBATION, CloseListeners, ForgetSuccessor, Announce DRAINING, BeginDrain Stopped, NotifyServiceManager STOPPING
                    Draining (Stopped)      | StopAsked        | Draining (Stopped, warned) | ''
                    Draining (Stopped, warned) | StopAsked     | Draining (Stopped, warned) | EndDrain
                    TakingBack              | TakenBack        | Running            | ForgetSuccessor, Report RolledBack, NotifyServiceManager SERVING
                    TakingBack (stop waits) | TakenBack        | Draining (Stopped, warned) | ForgetSuccessor, Report RolledBack, CloseListeners, Announce DRAINING, BeginDrain Stopped, NotifyServiceManager STOPPING
                    Committing              | CommitSent       | Draining (Upgraded) | StopTimer SILENCE, Report Committed, CloseListeners, Announce DRAINING, BeginDrain Upgraded
                    Committing              | StopAsked        | Committing (stop waits) | ''
                    Committing              | StopArrived      | Committing (stop waits) | ''
                    Committing (stop waits) | CommitSent       | Draining (Upgraded, warned) | StopTimer SILENCE, Report Committed, CloseListeners, Announce DRAINING, BeginDrain Upgraded
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
                    Inheriting (peer dead)      | ApplicationReady | Taking (peer dead)     | Take
                    Inheriting                  | ApplicationFailed | Abandoned             | Send Fail, StopTimer VERDICT, FailReady
                    Inheriting                  | PeerDied         | Inheriting (peer dead) | StopTimer VERDICT, AnswerClients
                    Inheriting                  | UpgradeAsked by SIGNAL | Inheriting (signal waits) | Send Signalled, Acknowledge
                    Inheriting (peer lost)      | UpgradeAsked by SIGNAL | Inheriting (peer lost, signal waits) | Send Signalled, Acknowledge (in doubt or ignored)
                    Inheriting (peer dead)      | UpgradeAsked by SIGNAL | Inheriting (peer dead, signal waits) | Acknowledge
                    Inheriting (peer dead)      | UpgradeAsked by COMMAND | Inheriting (peer dead) | Refuse
                    Inheriting (peer dead, signal waits) | ApplicationReady | Taking (peer dead, signal waits) | Take
                    Taking (peer dead, signal waits) | Taken       | Running (signal waits) | ReleaseReady, StopTimer VERDICT, BecomeOwner, NotifyServiceManager SERVING, Rehearse, CountDraining
                    Running (signal waits)      | OlderEnded       | Preflight              | Acknowledge, Announce PREFLIGHT, RunPreflight
                    AwaitingCutover             | CutoverArrived   | Taking                 | Take
                    AwaitingCutover (signal waits) | CutoverArrived | Taking (signal waits) | Take
                    AwaitingCutover             | PeerLost         | AwaitingCutover (peer lost) | StartTimer VERDICT
                    AwaitingCutover (peer lost) | PeerDied         | Taking (peer dead)     | StopTimer VERDICT, Take
                    AwaitingCutover (peer lost) | TimerFired VERDICT | Abandoned            | StopTimer VERDICT, FailReady
                    Taking                      | Taken            | OnTrial                | ReleaseReady, Announce PROBATION, StartBeating, NotifyServiceManager ON_PROBATION
                    Taking                      | TakeFailed       | LettingGo              | FailReady, Send Fail, StopTimer VERDICT, LetGo
                    Taking (peer dead)          | Taken            | Running                | ReleaseReady, StopTimer VERDICT, BecomeOwner, NotifyServiceManager SERVING, Rehearse
                    Taking (to let go)          | PeerDied         | Taking (peer dead)     | StopTimer VERDICT
                    Taking (to let go)          | Taken            | LettingGo (was ready) | ReleaseReady, StopTimer VERDICT, LetGo
                    OnTrial                     | ApplicationFailed | OnTrial               | Send Fail
                    OnTrial                     | AbandonArrived   | LettingGo (was ready) | StopBeating, StopTimer VERDICT, LetGo
                    OnTrial                     | PeerLost         | OnTrial (peer lost)    | StartTimer VERDICT
                    OnTrial (peer lost)         | TimerFired VERDICT | LettingGo (was ready, unheard) | StopBeating, LetGo
                    OnTrial                     | CommittedArrived | Running                | StopBeating, StopTimer VERDICT, BecomeOwner, NotifyServiceManager SERVING, Rehearse
                    OnTrial                     | UpgradeAsked by SIGNAL | OnTrial (signal waits) | Send Signalled, Acknowledge
                    OnTrial                     | StopArrived      | Draining (Stopped)     | StopBeating, StopTimer VERDICT, CloseListeners, Announce DRAINING, BeginDrain Stopped, NotifyServiceManager STOPPING
                    OnTrial                     | StopAsked        | Draining (Stopped, warned) | StopBeating, Send Stop, StopTimer VERDICT, CloseListeners, Announce DRAINING, BeginDrain Stopped, NotifyServiceManager STOPPING
                    LettingGo (was ready)      | PeerDied         | LettingGo (was ready, alone) | StopTimer VERDICT
                    LettingGo                   | PeerDied         | LettingGo              | ''
                    LettingGo (was ready, alone, stop waits) | Released | Draining (Stopped, warned) | StopTimer VERDICT, CloseListeners, Announce DRAINING, BeginDrain Stopped, NotifyServiceManager STOPPING
                    LettingGo (was ready, alone, signal waits) | Released | Taking (peer dead, signal waits) | TakeBack
                    LettingGo (was ready, alone) | Released       | Taking (peer dead)     | TakeBack
                    LettingGo (was ready, alone) | ReleaseFailed  | Taking (peer dead)     | TakeBack
                    Taking (peer dead)          | TakenBack        | Running                | StopTimer VERDICT, BecomeOwner, NotifyServiceManager SERVING, Rehearse
                    LettingGo (was ready) | Released | LettingGo (was ready, done) | SendPaused
                    LettingGo (was ready, done) | PausedSent | Draining (RolledBack) | CloseListeners, Announce DRAINING, BeginDrain RolledBack
                    LettingGo (was ready, done) | PeerLost | LettingGo (was ready, peer lost, done) | StartTimer VERDICT
                    LettingGo (was ready, peer lost) | Released | LettingGo (was ready, peer lost, done) | ''
                    LettingGo (was ready, peer lost, done) | PeerDied | Taking (peer dead) | StopTimer VERDICT, TakeBack
                    LettingGo (was ready, peer lost, done) | TimerFired VERDICT | Draining (RolledBack) | StopTimer VERDICT, CloseListeners, Announce DRAINING, BeginDrain RolledBack
                    LettingGo (was ready, unheard) | Released | Draining (RolledBack) | Send Paused, CloseListeners, Announce DRAINING, BeginDrain RolledBack
                    LettingGo                   | Released         | Draining (RolledBack)  | Send Paused, CloseListeners, Announce DRAINING, BeginDrain RolledBack
                    LettingGo                   | ReleaseFailed    | Draining (RolledBack)  | CloseListeners, Announce DRAINING, BeginDrain RolledBack
                    LettingGo                   | StopAsked        | LettingGo (stop waits) | Send Stop
                    LettingGo                   | StopArrived      | LettingGo (stop waits) | ''
                    LettingGo                   | UpgradeAsked by SIGNAL | LettingGo (signal waits) | Send Signalled, Acknowledge (in doubt or ignored)
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
        assertThat(refusal(new State.Taking(State.Peer.DEAD, Optional.empty(), true)))
                .isEqualTo("this process is still initialising; ask again when it is ready");
        assertThat(refusal(new State.Inheriting(State.Peer.THERE, false))).contains("not committed yet");
        assertThat(refusal(new State.AwaitingCutover(State.Peer.LOST, false))).contains("not committed yet");
        assertThat(refusal(new State.Abandoned("x", true))).isEqualTo("the server is stopping");
        assertThat(refusal(new State.Abandoned("x", false))).contains("given up before it was ready");
        assertThat(refusal(new State.Taking(State.Peer.DEAD,
                Optional.of(State.Doom.stop(new Stopping("x", Samples.NOTED))), false)))
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
        State stopping = new State.Taking(State.Peer.THERE,
                Optional.of(State.Doom.stop(new Stopping("x", Samples.NOTED))),
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
