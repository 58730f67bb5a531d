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
                    Releasing                       | Released         | Trial                    | Send Cutover, StopTimer READY, Announce PROBATION, StartTimer PROBATION, StartTimer SILENCE
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
                    Trial                   | TimerFired PROBATION | Trial (over)   | StartTimer PROBATION
                    Trial (over)            | TimerFired PROBATION | Recalling      | StopTimer PROBATION, StopTimer SILENCE, Send Abandon, StartTimer RECALL
                    Trial (over)            | 'HeartbeatArrived, alive only' | Trial (beaten, over) | StartTimer SILENCE
                    Trial                   | 'HeartbeatArrived, alive only' | Trial (beaten) | StartTimer SILENCE
                    Trial (over)            | HeartbeatArrived | Committing         | StopTimer PROBATION, StartTimer SILENCE, SendCommitted
                    Trial (over)            | 'HeartbeatArrived, but it waited' | Trial (over) | ''
                    Trial                   | 'HeartbeatArrived, but it waited' | Trial | ''
                    Trial (beaten)          | TimerFired PROBATION | Trial (beaten, over) | StartTimer PROBATION
                    Trial                   | TimerFired SILENCE | Killing          | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Kill
                    Trial                   | CutoverFailed    | Ending (taking back) | StopTimer PROBATION, StopTimer SILENCE, Send Abandon, StartTimer END, StopTimer READY, TakeBack
                    Trial                   | PeerLost         | Killing            | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Kill
                    Trial                   | PeerDied         | TakingBack         | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, TakeBack
                    Trial                   | FailArrived      | Recalling          | StopTimer PROBATION, StopTimer SILENCE, Send Abandon, StartTimer RECALL
                    Recalling               | TimerFired RECALL | Killing           | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Kill
                    Recalling               | PausedArrived    | TakingBack         | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, TakeBack
                    Killing                 | PausedArrived    | Killing            | ''
                    Killing                 | PeerLost         | Killing            | ''
                    Killing                 | StopArrived      | Killing (stop waits) | ''
                    Trial                   | StopAsked        | Draining (Stopped, warned) | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Send Stop, Report Failed at PROBATION, CloseListeners, ForgetSuccessor, Announce DRAINING, BeginDrain Stopped
                    Trial                   | StopArrived      | Draining (Stopped)  | StopTimer PROBATION, StopTimer SILENCE, StopTimer RECALL, Send Stop, Report Failed at PROBATION, CloseListeners, ForgetSuccessor, Announce DRAINING, BeginDrain Stopped
                    Draining (Stopped)      | StopAsked        | Draining (Stopped, warned) | ''
                    Draining (Stopped, warned) | StopAsked     | Draining (Stopped, warned) | EndDrain
                    TakingBack              | TakenBack        | Running            | ForgetSuccessor, Report RolledBack
                    TakingBack (stop waits) | TakenBack        | Draining (Stopped, warned) | ForgetSuccessor, Report RolledBack, CloseListeners, Announce DRAINING, BeginDrain Stopped
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
                    AwaitingCutover             | CutoverArrived   | Taking                 | Take
                    AwaitingCutover             | PeerLost         | AwaitingCutover (peer lost) | StartTimer VERDICT
                    AwaitingCutover (peer lost) | PeerDied         | Taking (peer dead)     | StopTimer VERDICT, Take
                    AwaitingCutover (peer lost) | TimerFired VERDICT | Abandoned            | StopTimer VERDICT, FailReady
                    Taking                      | Taken            | OnTrial                | ReleaseReady, Announce PROBATION
                    Taking                      | TakeFailed       | LettingGo              | FailReady, Send Fail, StopTimer VERDICT, LetGo
                    Taking (peer dead)          | Taken            | Running                | ReleaseReady, StopTimer VERDICT, BecomeOwner
                    Taking (to let go)          | PeerDied         | Taking (peer dead)     | StopTimer VERDICT
                    Taking (to let go)          | Taken            | LettingGo (was ready) | ReleaseReady, StopTimer VERDICT, LetGo
                    OnTrial                     | ApplicationFailed | OnTrial               | Send Fail
                    OnTrial                     | AbandonArrived   | LettingGo (was ready) | StopTimer VERDICT, LetGo
                    OnTrial                     | PeerLost         | OnTrial (peer lost)    | StartTimer VERDICT
                    OnTrial (peer lost)         | TimerFired VERDICT | LettingGo (was ready) | StopTimer VERDICT, LetGo
                    OnTrial                     | CommittedArrived | Running                | StopTimer VERDICT, BecomeOwner
                    OnTrial                     | UpgradeAsked by SIGNAL | OnTrial (signal waits) | Send Signalled
                    OnTrial                     | StopArrived      | Draining (Stopped)     | StopTimer VERDICT, CloseListeners, Announce DRAINING, BeginDrain Stopped
                    OnTrial                     | StopAsked        | Draining (Stopped, warned) | Send Stop, StopTimer VERDICT, CloseListeners, Announce DRAINING, BeginDrain Stopped
                    LettingGo (was ready)      | PeerDied         | LettingGo (was ready, alone) | StopTimer VERDICT
                    LettingGo                   | PeerDied         | LettingGo              | ''
                    LettingGo (was ready, alone, stop waits) | Released | Draining (Stopped, warned) | StopTimer VERDICT, CloseListeners, Announce DRAINING, BeginDrain Stopped
                    LettingGo (was ready, alone, signal waits) | Released | Taking (peer dead, signal waits) | TakeBack
                    LettingGo (was ready, alone) | Released       | Taking (peer dead)     | TakeBack
                    LettingGo (was ready, alone) | ReleaseFailed  | Taking (peer dead)     | TakeBack
                    Taking (peer dead)          | TakenBack        | Running                | StopTimer VERDICT, BecomeOwner
                    LettingGo                   | Released         | Draining (RolledBack)  | Send Paused, CloseListeners, Announce DRAINING, BeginDrain RolledBack
                    LettingGo                   | ReleaseFailed    | Draining (RolledBack)  | CloseListeners, Announce DRAINING, BeginDrain RolledBack
                    LettingGo                   | StopAsked        | LettingGo (stop waits) | Send Stop
                    LettingGo                   | StopArrived      | LettingGo (stop waits) | ''
                    LettingGo                   | UpgradeAsked by SIGNAL | LettingGo (signal waits) | Send Signalled
                    Draining (RolledBack)       | UpgradeAsked by SIGNAL | Draining (RolledBack) | Send Signalled
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

    /// Whoever was asked, and although something else went wrong before the stop could be carried out.
    @Test
    void aStopIsNoFailureOfASuccessor() {
        assertThat(HANDOVER.next(new State.Inheriting(State.Peer.THERE), new Event.StopArrived("x")).effects())
                .contains(new Effect.FailReady("the server is stopping: x", true));
        assertThat(HANDOVER.next(new State.AwaitingCutover(State.Peer.THERE), new Event.StopAsked("x", 7)).effects())
                .contains(new Effect.FailReady("the server is stopping: x", true));
        assertThat(HANDOVER.next(new State.AwaitingCutover(State.Peer.THERE), new Event.AbandonArrived("x")).effects())
                .contains(new Effect.FailReady("x", false));
        State stopping = new State.Taking(State.Peer.THERE,
                Optional.of(State.Doom.stop(new Stopping("x", Samples.NOTED))),
                false);
        assertThat(HANDOVER.next(stopping, new Event.TakeFailed("y")).effects())
                .contains(new Effect.FailReady("y", true));
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
