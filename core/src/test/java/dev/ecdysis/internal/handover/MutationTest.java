package dev.ecdysis.internal.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The simulation can fail: it notices every one of these mistakes.
class MutationTest {
    private static final int SEEDS = 6_000;
    /// What only tells somebody, or only shortens a wait.
    private static final Set<Class<?>> WITHOUT_CONSEQUENCE = Set.of(Effect.Announce.class, Effect.EndDrain.class,
            Effect.Rehearse.class);

    @ParameterizedTest
    @EnumSource
    void aMistakeIsNoticed(Mutant mutant) {
        assertThat(firstViolation(mutant::next)).as("%s in %d seeds", mutant, SEEDS).isPresent();
    }

    @ParameterizedTest
    @MethodSource("effects")
    void aMissingEffectIsNoticed(Class<?> effect) {
        Transitions forgetful = (state, event) -> Mutant.without(Mutant.right(state, event), effect::isInstance);
        assertThat(firstViolation(forgetful)).as("no %s in %d seeds", effect.getSimpleName(), SEEDS)
                .isPresent();
    }

    static Stream<Class<?>> effects() {
        return Arrays.stream(Effect.class.getPermittedSubclasses())
                .filter(type -> !WITHOUT_CONSEQUENCE.contains(type));
    }

    /// Also where something else would notice it later.
    @ParameterizedTest
    @MethodSource
    void aMistakeIsNoticedForWhatItIs(Mutant mutant, String violation) {
        assertThat(violations(mutant::next)).as("%s in %d seeds", mutant, SEEDS)
                .anyMatch(noticed -> noticed.contains(violation));
    }

    static Stream<Arguments> aMistakeIsNoticedForWhatItIs() {
        return Stream.of(
                Arguments.of(Mutant.COMMITS_ON_AN_EARLIER_HEARTBEAT, Invariants.COMMITS_TO_THE_SILENT),
                Arguments.of(Mutant.COMMITS_ON_A_HEARTBEAT_THAT_WAITED, Invariants.COMMITS_TO_THE_SILENT),
                Arguments.of(Mutant.PAUSES_WHILE_THE_SUCCESSOR_INITIALISES, Invariants.DOES_NOT_SERVE),
                Arguments.of(Mutant.BEGINS_HOWEVER_MANY_DRAIN, Ledger.BEGINS_ABOVE_THE_CAP),
                Arguments.of(Mutant.REFUSES_WHILE_ANYTHING_DRAINS, Ledger.REFUSES_FOR_NOTHING),
                Arguments.of(Mutant.SAYS_THAT_IT_REMEMBERS_WHAT_IT_IGNORES, Ledger.SAYS_WHAT_IS_NOT_SO),
                Arguments.of(Mutant.FINISHES_WITHOUT_DRAINING, Connections.DROPS),
                Arguments.of(Mutant.TAKES_THE_WORD_OF_THE_OTHER_SIDE_FOR_THE_FIRST_STOP, Stops.CUTS_OFF_AT_ONCE),
                Arguments.of(Mutant.TAKES_A_REPETITION_FOR_THE_SECOND_STOP, Stops.CUTS_OFF_AT_ONCE),
                Arguments.of(Mutant.KILLS_A_SUCCESSOR_THAT_BEATS, Connections.DROPS),
                Arguments.of(Mutant.TAKES_A_SLOW_HEALTH_CHECK_FOR_SILENCE, Connections.DROPS),
                Arguments.of(Mutant.COMMITS_BEFORE_A_HEALTH_CHECK_HAS_ANSWERED, Invariants.COMMITS_UNCHECKED));
    }

    private static Optional<String> firstViolation(Transitions transitions) {
        return violations(transitions).findFirst();
    }

    private static Stream<String> violations(Transitions transitions) {
        return LongStream.range(0, SEEDS).mapToObj(seed -> Simulation.run(seed, transitions, false))
                .flatMap(result -> result.violation().stream());
    }
}
