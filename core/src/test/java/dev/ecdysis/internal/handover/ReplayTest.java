package dev.ecdysis.internal.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Whoever meets a violation can meet it again, and sees how it came about.
class ReplayTest {
    private static final int SEEDS = 1_000;
    private static final Transitions MISTAKEN = Mutant.COMMITS_WHAT_HAS_REFUSED::next;

    @Test
    void aSeedLeadsToTheSameStoryAgain() {
        Simulation.Result first = firstViolation();
        Simulation.Result again = Simulation.run(first.seed(), MISTAKEN, false);
        Simulation.Result traced = Simulation.run(first.seed(), MISTAKEN, true);
        assertThat(again.violation()).isEqualTo(first.violation());
        assertThat(again.events()).isEqualTo(first.events());
        assertThat(traced.violation()).isEqualTo(first.violation());
        assertThat(traced.events()).isEqualTo(first.events());
        assertThat(Simulation.run(first.seed(), MISTAKEN, true).trace()).isNotEmpty().isEqualTo(traced.trace());
    }

    @Test
    void theStoryNamesItsSeed() {
        long seed = firstViolation().seed();
        Simulation.Result result = Simulation.run(seed, MISTAKEN);
        assertThat(result.story()).contains("-D" + Simulation.SEED_PROPERTY + "=" + seed + " ")
                .contains(result.violation().orElseThrow()).contains(result.trace().getLast());
    }

    @Test
    void aViolationThatDoesNotComeAgainIsStillOne() {
        long seed = firstViolation().seed();
        Optional<String> violation = Simulation.run(seed, MISTAKEN, false).violation();
        Simulation.Result result = Simulation.run(seed, new MistakenOnce());
        assertThat(result.violation()).contains(violation.orElseThrow() + Simulation.DIFFERS + "all held");
    }

    private static Simulation.Result firstViolation() {
        return LongStream.range(0, SEEDS).mapToObj(seed -> Simulation.run(seed, MISTAKEN, false))
                .filter(result -> result.violation().isPresent()).findFirst().orElseThrow();
    }

    /// Makes the mistake once only, so that a second telling is without it.
    private static final class MistakenOnce implements Transitions {
        private boolean mistaken;

        @Override
        public Step next(State state, Event event) {
            Step right = Mutant.right(state, event);
            Step wrong = mistaken ? right : MISTAKEN.next(state, event);
            mistaken |= !wrong.equals(right);
            return wrong;
        }
    }
}
