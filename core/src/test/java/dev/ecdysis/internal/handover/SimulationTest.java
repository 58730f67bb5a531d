package dev.ecdysis.internal.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The promises, under faults at every point of thousands of handovers.
class SimulationTest {
    private static final long SEEDS = Long.getLong("dev.ecdysis.simulation.seeds", 12_000);

    @Test
    void thePromisesHoldWhateverGoesWrong() {
        Transitions transitions = new Handover(Ledger.MAX_DRAINING)::next;
        Long one = Long.getLong(Simulation.SEED_PROPERTY);
        LongStream seeds = one == null ? LongStream.range(0, SEEDS) : LongStream.of(one);
        seeds.forEach(seed -> {
            Simulation.Result result = Simulation.run(seed, transitions);
            assertThat(result.violation()).as(result::story).isEmpty();
        });
    }
}
