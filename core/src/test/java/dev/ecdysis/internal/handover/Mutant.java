package dev.ecdysis.internal.handover;

import dev.ecdysis.internal.handover.State.Peer;
import dev.ecdysis.internal.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// A handover with one mistake. The last ones were really made, and the simulator found them.
enum Mutant {
    RESUMES_BEFORE_THE_SUCCESSOR_HAS_STOPPED {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Recalling recalling && event instanceof Event.HeartbeatArrived
                    ? Step.to(new State.TakingBack(recalling.attempt(), recalling.reason(), OptionalInt.empty()),
                            new Effect.StopTimer(Timer.RECALL), new Effect.TakeBack())
                    : right(state, event);
        }
    },
    RESUMES_WITHOUT_WAITING_FOR_THE_KILLED {
        @Override
        Step next(State state, Event event) {
            return event instanceof Event.TimerFired(Timer timer) && timer == Timer.SILENCE
                    ? also(right(state, event), new Effect.TakeBack()) : right(state, event);
        }
    },
    TAKES_A_LOST_PEER_FOR_DEAD {
        @Override
        Step next(State state, Event event) {
            return right(state, event instanceof Event.PeerLost ? new Event.PeerDied(OptionalInt.empty()) : event);
        }
    },
    TAKES_SILENCE_OF_THE_PIDFD_FOR_DEATH {
        @Override
        Step next(State state, Event event) {
            return right(state, event instanceof Event.TimerFired(Timer timer) && timer == Timer.PREDECESSOR_DEATH
                    ? new Event.PeerDied(OptionalInt.empty()) : event);
        }
    },
    NEVER_ENDS_AN_UPGRADE_THAT_WAS_REFUSED {
        @Override
        Step next(State state, Event event) {
            return event instanceof Event.PreflightFailed ? Step.stay(state) : right(state, event);
        }
    },
    NEVER_ENDS_AN_UPGRADE_WHOSE_SUCCESSOR_DIED {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Ending && event instanceof Event.PeerDied ? Step.stay(state)
                    : right(state, event);
        }
    },
    COMMITS_WITHOUT_A_HEARTBEAT {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Probation probation && event.equals(new Event.TimerFired(Timer.PROBATION))
                    ? right(new State.Probation(probation.attempt(), true, true),
                            new Event.HeartbeatArrived(Sign.HEALTHY))
                    : right(state, event);
        }
    },
    COMMITS_ON_AN_EARLIER_HEARTBEAT {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Probation probation && probation.beaten()
                    && event.equals(new Event.TimerFired(Timer.PROBATION))
                            ? right(new State.Probation(probation.attempt(), true, true),
                                    new Event.HeartbeatArrived(Sign.HEALTHY))
                            : right(state, event);
        }
    },
    COMMITS_ON_A_HEARTBEAT_THAT_WAITED {
        @Override
        Step next(State state, Event event) {
            return right(state,
                    event instanceof Event.HeartbeatArrived ? new Event.HeartbeatArrived(Sign.HEALTHY) : event);
        }
    },
    COMMITS_BEFORE_A_HEALTH_CHECK_HAS_ANSWERED {
        @Override
        Step next(State state, Event event) {
            return right(state, event instanceof Event.HeartbeatArrived(Sign sign) && sign == Sign.ALIVE
                    ? new Event.HeartbeatArrived(Sign.HEALTHY) : event);
        }
    },
    TAKES_A_SLOW_HEALTH_CHECK_FOR_SILENCE {
        @Override
        Step next(State state, Event event) {
            return event instanceof Event.HeartbeatArrived(Sign sign) && sign == Sign.ALIVE ? Step.stay(state)
                    : right(state, event);
        }
    },
    WAITS_FOR_EVER_FOR_A_HEALTH_CHECK {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Probation probation && probation.over()
                    && event.equals(new Event.TimerFired(Timer.PROBATION)) ? Step.stay(state) : right(state, event);
        }
    },
    ACCEPTS_BEFORE_CUTOVER {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Inheriting(Peer peer, boolean signalled)
                    && event instanceof Event.ApplicationReady
                            ? also(new Step(new State.TakingOver(peer, Optional.empty(), signalled),
                                    right(state, event).effects()),
                                    new Effect.Take())
                            : right(state, event);
        }
    },
    // And resumes when nothing comes of it.
    PAUSES_WHILE_THE_SUCCESSOR_INITIALISES {
        @Override
        Step next(State state, Event event) {
            Step step = right(state, event);
            if (state instanceof State.Spawning && event instanceof Event.HelloArrived) {
                return also(step, new Effect.Release(List.of("http")));
            }
            return state instanceof State.Initialising
                    && (step.state() instanceof State.Ending || step.state() instanceof State.Running)
                            ? also(step, new Effect.TakeBack()) : step;
        }
    },
    CUTS_OVER_BEFORE_IT_HAS_STOPPED {
        @Override
        Step next(State state, Event event) {
            return event instanceof Event.ReadyArrived
                    ? also(right(state, event), new Effect.SendCutover(0)) : right(state, event);
        }
    },
    CLOSES_ITS_LISTENERS_AT_CUTOVER {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Releasing && event instanceof Event.Released
                    ? also(right(state, event), new Effect.CloseListeners(new Cause.Upgraded())) : right(state, event);
        }
    },
    SAYS_PAUSED_BEFORE_IT_IS {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.OnProbation && event instanceof Event.AbandonArrived
                    ? also(right(state, event), Effect.Send.toPredecessor(new Message.Paused())) : right(state, event);
        }
    },
    OVERLOOKS_A_SILENT_SUCCESSOR {
        @Override
        Step next(State state, Event event) {
            return event instanceof Event.TimerFired(Timer timer) && timer == Timer.SILENCE ? Step.stay(state)
                    : right(state, event);
        }
    },
    COMMITS_WHAT_HAS_REFUSED {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Probation && event instanceof Event.FailArrived ? Step.stay(state)
                    : right(state, event);
        }
    },
    KILLS_WHAT_IT_RECALLED {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Recalling && event instanceof Event.PausedArrived ? Step.stay(state)
                    : right(state, event);
        }
    },
    BEGINS_HOWEVER_MANY_DRAIN {
        @Override
        Step next(State state, Event event) {
            return new Handover(Integer.MAX_VALUE).next(state, event);
        }
    },
    REFUSES_WHILE_ANYTHING_DRAINS {
        @Override
        Step next(State state, Event event) {
            return new Handover(1).next(state, event);
        }
    },
    KEEPS_A_STOP_TO_ITSELF {
        @Override
        Step next(State state, Event event) {
            return without(right(state, event),
                    effect -> effect instanceof Effect.Send(Side to, Message message)
                            && message instanceof Message.Stop);
        }
    },
    TAKES_THE_WORD_OF_THE_OTHER_SIDE_FOR_THE_FIRST_STOP {
        @Override
        Step next(State state, Event event) {
            Step step = right(state, event);
            return event instanceof Event.StopArrived
                    && step.state() instanceof State.Draining(Cause cause, OptionalLong warned)
                            ? new Step(new State.Draining(cause, OptionalLong.of(-Duration.ofHours(1).toNanos())),
                                    step.effects())
                            : step;
        }
    },
    TAKES_A_REPETITION_FOR_THE_SECOND_STOP {
        @Override
        Step next(State state, Event event) {
            return event instanceof Event.StopAsked && state instanceof State.Draining draining
                    && draining.warned().isPresent() ? Step.to(state, new Effect.EndDrain()) : right(state, event);
        }
    },
    FINISHES_WITHOUT_DRAINING {
        @Override
        Step next(State state, Event event) {
            Step step = right(state, event);
            Predicate<Effect> begins = Effect.BeginDrain.class::isInstance;
            return step.state() instanceof State.Draining(Cause cause, OptionalLong warned)
                    && step.effects().stream().anyMatch(begins)
                            ? also(new Step(new State.Exited(cause), without(step, begins).effects()),
                                    new Effect.Finish(cause, 0))
                            : step;
        }
    },
    KILLS_A_SUCCESSOR_THAT_BEATS {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Probation && event instanceof Event.HeartbeatArrived
                    ? right(state, new Event.TimerFired(Timer.SILENCE)) : right(state, event);
        }
    },
    LETS_READY_RETURN_AGAIN {
        @Override
        Step next(State state, Event event) {
            return event instanceof Event.CommittedArrived ? also(right(state, event), new Effect.ReleaseReady())
                    : right(state, event);
        }
    },
    FORGETS_A_SIGNAL {
        @Override
        Step next(State state, Event event) {
            return event instanceof Event.UpgradeAsked asked && asked.origin() == Origin.SIGNAL
                    && !(state instanceof State.Running) ? Step.stay(state) : right(state, event);
        }
    },
    UPGRADES_WHEN_NOBODY_ASKED {
        @Override
        Step next(State state, Event event) {
            return right(state instanceof State.Running ? new State.Running(true) : state, event);
        }
    },
    LEAVES_A_TIMER_RUNNING {
        @Override
        Step next(State state, Event event) {
            return without(right(state, event),
                    effect -> effect instanceof Effect.StopTimer(Timer timer) && timer == Timer.READY);
        }
    },
    // FAIL and COMMITTED may cross: then this process is the only one that has the listeners.
    LETS_GO_UNASKED {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.OnProbation && event instanceof Event.ApplicationFailed(String reason)
                    ? Step.to(State.Relinquishing.because(reason, true, Optional.of(Peer.THERE), false),
                            Effect.Send.toPredecessor(new Message.Fail(reason)), new Effect.StopBeating(),
                            new Effect.LetGo())
                    : right(state, event);
        }
    },
    // SPAWN failed only after the time limit for READY.
    WAITS_FOR_A_PROCESS_THAT_NEVER_STARTED {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Ending && event instanceof Event.SpawnFailed ? Step.stay(state)
                    : right(state, event);
        }
    },
    OVERHEARS_LAST_WORDS {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Killing && event instanceof Event.StopArrived ? Step.stay(state)
                    : right(state, event);
        }
    },
    OVERHEARS_A_STOP_WHILE_LETTING_GO {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Relinquishing && event instanceof Event.StopAsked ? Step.stay(state)
                    : right(state, event);
        }
    },
    FORGETS_A_SIGNAL_ON_PROBATION {
        @Override
        Step next(State state, Event event) {
            boolean signal = event instanceof Event.UpgradeAsked asked && asked.origin() == Origin.SIGNAL;
            return signal && state instanceof State.OnProbation ? Step.stay(state) : right(state, event);
        }
    },
    FORGETS_A_SIGNAL_WHILE_IT_INITIALISES {
        @Override
        Step next(State state, Event event) {
            Step step = right(state, event);
            return event instanceof Event.UpgradeAsked
                    && (state instanceof State.Inheriting || state instanceof State.AwaitingCutover)
                            ? new Step(state, step.effects()) : step;
        }
    },
    REMEMBERS_A_SIGNAL_ONLY_UNTIL_IT_IS_READY {
        @Override
        Step next(State state, Event event) {
            Step step = right(state, event);
            return event instanceof Event.ApplicationReady && step.state() instanceof State.TakingOver taking
                    ? new Step(new State.TakingOver(taking.peer(), taking.withdrawal(), false), step.effects()) : step;
        }
    },
    SAYS_THAT_IT_REMEMBERS_WHAT_IT_IGNORES {
        @Override
        Step next(State state, Event event) {
            Step step = right(state, event);
            return new Step(step.state(), step.effects().stream()
                    .map(effect -> effect instanceof Effect.Acknowledge one
                            ? new Effect.Acknowledge(one.requester(), true, one.begins(), one.what()) : effect)
                    .toList());
        }
    },
    KEEPS_A_SIGNAL_TO_ITSELF {
        @Override
        Step next(State state, Event event) {
            return without(right(state, event),
                    effect -> effect instanceof Effect.Send(Side to, Message message)
                            && message instanceof Message.Signalled);
        }
    },
    COMMITS_TO_WHAT_REFUSES_WHILE_IT_IS_TOLD {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Committing && event instanceof Event.FailArrived ? Step.stay(state)
                    : right(state, event);
        }
    },
    // Although it could not let go.
    ANSWERS_ABANDON_WHILE_DRAINING {
        @Override
        Step next(State state, Event event) {
            return state instanceof State.Draining && event instanceof Event.AbandonArrived
                    ? Step.to(state, Effect.Send.toPredecessor(new Message.Paused())) : right(state, event);
        }
    };

    private static final Handover RIGHT = new Handover(Ledger.MAX_DRAINING);

    abstract Step next(State state, Event event);

    static Step right(State state, Event event) {
        return RIGHT.next(state, event);
    }

    static Step also(Step step, Effect last) {
        List<Effect> effects = new ArrayList<>(step.effects());
        effects.add(last);
        return new Step(step.state(), effects);
    }

    static Step without(Step step, Predicate<Effect> dropped) {
        return new Step(step.state(), step.effects().stream().filter(dropped.negate()).toList());
    }
}
