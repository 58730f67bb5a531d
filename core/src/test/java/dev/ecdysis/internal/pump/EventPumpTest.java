package dev.ecdysis.internal.pump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.Effect;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Handover;
import dev.ecdysis.internal.handover.Origin;
import dev.ecdysis.internal.handover.Outcome;
import dev.ecdysis.internal.handover.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// The one order in which everything happens.
class EventPumpTest {
    private static final Event.UpgradeAsked ASKED = new Event.UpgradeAsked(Origin.API, 1, List.of());

    private final List<Effect> effects = new ArrayList<>();
    private Consumer<Effect> reaction = effect -> {
    };
    private final EventPump pump = new EventPump(new Handover(3), new State.Running(false));

    private void execute(Effect effect) {
        effects.add(effect);
        reaction.accept(effect);
    }

    private void handle(Event... events) {
        for (Event event : events) {
            pump.post(event);
        }
        pump.run(this::execute);
    }

    @Test
    void nothingHappensOnTheStackOfWhoeverPosts() {
        pump.post(ASKED);
        assertThat(pump.state()).isEqualTo(new State.Running(false));
        assertThat(effects).isEmpty();
        pump.run(this::execute);
        assertThat(pump.state()).isInstanceOf(State.Preflight.class);
    }

    @Test
    void whatAnEffectLeadsToComesBehindWhatWaits() {
        reaction = effect -> {
            if (effect instanceof Effect.RunPreflight) {
                pump.post(new Event.PreflightPassed());
            }
        };
        handle(ASKED, new Event.StopAsked("somebody", 0));
        assertThat(effects).noneMatch(effect -> effect instanceof Effect.Spawn);
        assertThat(pump.state()).isInstanceOf(State.Draining.class);
    }

    @Test
    void anEventIsHandledOnceAllEffectsOfTheOneBeforeAreCarriedOut() {
        List<State> seen = new ArrayList<>();
        reaction = effect -> {
            if (effect instanceof Effect.Announce) {
                pump.post(new Event.StopAsked("somebody", 0));
            }
            seen.add(pump.state());
        };
        handle(ASKED);
        assertThat(effects.subList(0, 2)).containsExactly(new Effect.Announce(Phase.PREFLIGHT, false),
                new Effect.RunPreflight(1));
        assertThat(seen.subList(0, 2)).allMatch(state -> state instanceof State.Preflight);
        assertThat(pump.state()).isInstanceOf(State.Draining.class);
    }

    @Test
    void eachPieceCanBeHadAlone() {
        pump.post(ASKED);
        assertThat(pump.runNext(this::execute)).isTrue();
        assertThat(effects).isEmpty();
        assertThat(pump.runNext(this::execute)).isTrue();
        assertThat(pump.runNext(this::execute)).isTrue();
        assertThat(effects).hasSize(2);
        assertThat(pump.runNext(this::execute)).isFalse();
    }

    @Test
    void anEffectThatThrowsCountsAsFailed() {
        reaction = effect -> {
            if (effect instanceof Effect.Spawn) {
                throw new NoClassDefFoundError("the jar was overwritten");
            }
        };
        handle(ASKED, new Event.PreflightPassed());
        assertThat(pump.state()).isEqualTo(new State.Running(false));
        assertThat(effects.getLast()).isInstanceOfSatisfying(Effect.Report.class,
                report -> assertThat(report.outcome()).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
                    assertThat(failed.phase()).isEqualTo(Phase.SPAWNING);
                    assertThat(failed.reason()).contains("overwritten");
                }));
    }

    @Test
    void aWelcomeThatThrowsGivesTheUpgradeUp() {
        reaction = effect -> {
            if (effect instanceof Effect.SendWelcome) {
                throw new IllegalStateException("descriptor 7 is closed");
            }
        };
        handle(ASKED, new Event.PreflightPassed(), new Event.Spawned(), new Event.HelloArrived());
        assertThat(pump.state()).isInstanceOf(State.Ending.class);
    }

    @Test
    void aTransitionThatThrowsChangesNothing() {
        EventPump careless = new EventPump((state, event) -> {
            if (event instanceof Event.PreflightPassed) {
                throw new NoClassDefFoundError("the jar was overwritten");
            }
            return new Handover(3).next(state, event);
        }, new State.Running(false));
        careless.post(ASKED);
        careless.post(new Event.PreflightPassed());
        careless.post(new Event.PreflightFailed("no"));
        careless.run(effects::add);
        assertThat(careless.state()).isEqualTo(new State.Running(false));
    }

    /// It said why, and then ended its connection, so that CUTOVER could not be sent.
    @Test
    void aRefusalThatExplainsAFailedCutoverIsTheReason() {
        reaction = effect -> {
            if (effect instanceof Effect.SendCutover) {
                pump.post(new Event.FailArrived("the database is of another version"));
                pump.post(new Event.CutoverFailed("the new process could not be told"));
            }
        };
        handle(ASKED, new Event.PreflightPassed(), new Event.Spawned(), new Event.HelloArrived(),
                new Event.ReadyArrived(List.of()), new Event.Released(1), new Event.TakenBack());
        handle(new Event.TakenBack());
        assertThat(pump.state()).isInstanceOfSatisfying(State.Ending.class,
                ending -> assertThat(ending.reason()).contains("another version"));
        assertThat(effects).contains(new Effect.TakeBack()).noneMatch(effect -> effect instanceof Effect.StartReports);
    }
}
