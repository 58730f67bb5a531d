package dev.ecdysis.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Whose end is the end.
class GenerationsTest {
    private static final OptionalInt UNKNOWN = OptionalInt.empty();
    private static final long NOW = 1_000;

    private final Generations generations = new Generations(10);

    private void committed(int pid) {
        generations.serves(pid);
        generations.ready(pid);
    }

    private void ended(int pid, int status) {
        generations.ended(pid, OptionalInt.of(status), NOW, Set.of());
    }

    private void assertOver(int status) {
        assertThat(generations.overAtNanos()).hasValue(NOW);
        assertThat(generations.exitStatus()).isEqualTo(status);
    }

    private void assertGoesOn() {
        assertThat(generations.overAtNanos()).isEmpty();
    }

    @Test
    void generationZeroThatDoesNotStartIsTheEnd() {
        assertGoesOn();
        ended(10, 3);
        assertOver(3);
    }

    @Test
    void thatOfAPredecessorAfterTheCommitIsNot() {
        committed(10);
        committed(11);
        ended(10, 0);
        assertGoesOn();
        assertThat(generations.targets()).containsExactly(11);
        ended(11, 137);
        assertOver(137);
    }

    @Test
    void thatOfASuccessorOnTrialIsNotIfThePredecessorTakesBack() {
        committed(10);
        generations.serves(11);
        assertThat(generations.targets()).containsExactly(11);
        generations.ended(11, UNKNOWN, NOW, Set.of());
        assertThat(generations.overAtNanos()).hasValue(NOW + Generations.TAKE_BACK.toNanos());
        assertThat(generations.targets()).containsExactly(10);
        committed(10);
        assertGoesOn();
        ended(11, 9); // its status becomes known at last
        assertGoesOn();
        ended(10, 0);
        assertOver(0);
    }

    @Test
    void bothOnTrialAreTheEndWithTheStatusOfWhoServed() {
        committed(10);
        generations.serves(11);
        generations.ended(11, UNKNOWN, NOW, Set.of());
        ended(10, 137);
        ended(11, 9);
        assertOver(9);
    }

    @Test
    void oneThatDrainsIsWaitedForBriefly() {
        committed(10);
        committed(11);
        generations.ended(11, UNKNOWN, NOW, Set.of());
        assertThat(generations.overAtNanos()).hasValue(NOW + Generations.LAST_REQUESTS.toNanos());
        ended(10, 0);
        ended(11, 137); // left to us by its parent, which has ended
        assertOver(137);
    }

    @Test
    void atAStopEachEndsByItself() {
        committed(10);
        committed(11);
        generations.stops(11);
        ended(11, 0);
        assertGoesOn();
        assertThat(generations.targets()).containsExactly(10);
        ended(10, 1);
        assertOver(0);
    }

    @Test
    void aStrangerCannotSayThatAllStop() {
        committed(10);
        committed(11);
        generations.stops(99);
        ended(11, 0);
        assertThat(generations.overAtNanos()).isPresent();
    }

    @Test
    void aSuccessorThatHoldsTheHandoverOfTheDeadIsWaitedFor() {
        committed(10);
        generations.ended(10, OptionalInt.of(137), NOW, Set.of(12));
        assertGoesOn();
        assertThat(generations.targets()).containsExactly(12);
        committed(12);
        assertGoesOn();
        ended(12, 0);
        assertOver(0);
    }

    @Test
    void butItsEndIsTheEnd() {
        committed(10);
        generations.ended(10, OptionalInt.of(137), NOW, Set.of(12));
        ended(12, 1);
        assertOver(137);
    }

    @Test
    void aShellAroundGenerationZeroPassesItsStatusOn() {
        committed(11);
        generations.ended(11, UNKNOWN, NOW, Set.of());
        assertThat(generations.overAtNanos()).isPresent();
        ended(10, 42);
        assertOver(42);
    }

    @Test
    void aShellThatEndsWithGenerationZeroIsNotTheEnd() {
        committed(11);
        committed(12);
        ended(10, 0);
        ended(11, 0);
        assertGoesOn();
        ended(12, 5);
        assertOver(5);
    }

    @Test
    void aStatusThatNobodyToldIsAFailure() {
        committed(11);
        generations.ended(11, UNKNOWN, NOW, Set.of());
        generations.ended(10, UNKNOWN, NOW, Set.of());
        assertOver(1);
    }

    @Test
    void onlyWhoWasStartedCanBeSucceeded() {
        assertThat(generations.isStarting()).isTrue();
        committed(10);
        assertThat(generations.isStarting()).isFalse();
        assertThat(generations.mayHaveSuccessor(10)).isTrue();
        assertThat(generations.mayHaveSuccessor(11)).isFalse();
        generations.ended(10, OptionalInt.of(1), NOW, Set.of());
        assertThat(generations.mayHaveSuccessor(10)).as("whose successor may be about to say so").isTrue();
        assertThat(generations.serves(10)).as("it counts as news").isTrue();
    }

    @Test
    void saidTwiceIsNoNews() {
        committed(10);
        assertThat(generations.serves(10)).isFalse();
        assertThat(generations.serves(11)).isTrue();
        generations.ready(10);
        ended(11, 1);
        assertThat(generations.overAtNanos()).as("11 was on probation: 10 cannot say for it that it stays")
                .hasValue(NOW + Generations.TAKE_BACK.toNanos());
    }
}
