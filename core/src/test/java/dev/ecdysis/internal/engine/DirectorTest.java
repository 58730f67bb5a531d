package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

class DirectorTest {
    private static final Event.UpgradeAsked ASKED = new Event.UpgradeAsked(Origin.API, 1, List.of());

    private final List<Effect> effects = new ArrayList<>();
    private Consumer<Effect> reaction = effect -> {
    };
    private final Director director = new Director(new Handover(3), new State.Running(false),
            new Director.Performer() {
                @Override
                public void perform(Effect effect) {
                    effects.add(effect);
                    reaction.accept(effect);
                }

                @Override
                public void entered(State before, State now) {
                    assertThat(now).isNotEqualTo(before);
                }
            });

    @Test
    void anAnswerComesBeforeWhatWasWaiting() {
        reaction = effect -> {
            if (effect instanceof Effect.RunPreflight) {
                director.post(new Event.StopAsked("somebody", 0));
                director.answer(new Event.PreflightPassed());
            }
        };
        director.post(ASKED);
        assertThat(effects).anyMatch(effect -> effect instanceof Effect.Spawn);
        assertThat(director.state()).isInstanceOf(State.Draining.class);
        assertThat(effects.indexOf(new Effect.Spawn()))
                .isLessThan(effects.indexOf(new Effect.CloseListeners()));
    }

    @Test
    void anAnswerNeedsAQuestion() {
        assertThatThrownBy(() -> director.answer(new Event.PreflightPassed()))
                .isInstanceOf(IllegalStateException.class);
        director.report(ASKED);
        assertThat(director.state()).isInstanceOf(State.Preflight.class);
    }

    @Test
    void anEffectThatThrowsCountsAsFailed() {
        reaction = effect -> {
            if (effect instanceof Effect.Spawn) {
                throw new NoClassDefFoundError("the jar was overwritten");
            }
        };
        director.post(ASKED);
        director.post(new Event.PreflightPassed());
        assertThat(director.state()).isEqualTo(new State.Running(false));
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
        director.post(ASKED);
        director.post(new Event.PreflightPassed());
        director.post(new Event.Spawned());
        director.post(new Event.HelloArrived());
        assertThat(director.state()).isInstanceOf(State.Ending.class);
    }
}
