package dev.ecdysis.internal.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The promises, under faults at every point of thousands of handovers.
class SimulationTest {
    private static final long ENOUGH = 24_000;
    private static final long SEEDS = Long.getLong("dev.ecdysis.simulation.seeds", ENOUGH);
    private static final int DISTURBED = 10_000;

    @Test
    void thePromisesHoldWhateverGoesWrong() {
        Transitions transitions = new Handover(Ledger.MAX_DRAINING);
        Long one = Long.getLong(Simulation.SEED_PROPERTY);
        LongStream seeds = one == null ? LongStream.range(0, SEEDS) : LongStream.of(one);
        Coverage coverage = new Coverage();
        seeds.forEach(seed -> {
            Simulation.Result result = Simulation.run(seed, transitions);
            assertThat(result.violation()).as(result::story).isEmpty();
            coverage.add(result.coverage());
        });
        if (one == null && SEEDS >= ENOUGH) {
            muchHappened(coverage);
        }
    }

    /// What was planned could come to nothing, and an invariant could excuse whatever happens.
    private static void muchHappened(Coverage coverage) {
        System.out.println("simulated: " + coverage);
        assertThat(coverage.disturbed()).isGreaterThanOrEqualTo(DISTURBED);
        assertThat(coverage.hits()).containsAll(Coverage.possible());
        assertThat(coverage.percentExcused(Stops.Excuse.ASKED)).isLessThan(3.5);
        assertThat(coverage.percentExcused(Stops.Excuse.ALONE)).isLessThan(6);
        assertThat(coverage.percentExcused(Stops.Excuse.TWICE)).isLessThan(0.8);
    }
}
