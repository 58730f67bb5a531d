package dev.ecdysis.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ecdysis.bench.Machine.Processors;
import dev.ecdysis.bench.Ratios.Interval;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void aPercentileIsOneOfTheValuesAndNeverTheFlatteringOne() {
        Spread spread = new Spread(LongStream.of(4, 1, 3, 2).mapToObj(Duration::ofMillis).toList());

        assertThat(spread.median()).isEqualTo(Duration.ofMillis(3));
        assertThat(spread.at(0.9)).isEqualTo(Duration.ofMillis(4));
        assertThat(spread).hasToString("p50 3.00 ms   p90 4.00 ms   max 4.00 ms");
    }

    @Test
    void ofOneValueAllPercentilesAreThatValue() {
        assertThat(new Spread(List.of(Duration.ofNanos(93_400)))).hasToString("p50 93 us   p90 93 us   max 93 us");
    }

    @Test
    void ratiosThatAreAllTheSameLeaveNoDoubt() {
        Ratios ratios = new Ratios(List.of(List.of(1.01, 1.01), List.of(1.01, 1.01)));

        assertThat(ratios.median()).isEqualTo(1.01);
        assertThat(ratios.interval()).isEqualTo(new Interval(1.01, 1.01));
        assertThat(ratios.interval().isWithin(0.98, 1.02)).isTrue();
    }

    @Test
    void forksThatDifferMakeTheIntervalWideHoweverManyRoundsTheyHave() {
        List<Double> fast = IntStream.range(0, 100).mapToObj(i -> 1.05).toList();
        List<Double> slow = IntStream.range(0, 100).mapToObj(i -> 0.95).toList();

        Interval interval = new Ratios(List.of(fast, slow)).interval();

        assertThat(interval).isEqualTo(new Interval(0.95, 1.05));
        assertThat(interval.isWithin(0.98, 1.02)).isFalse();
        assertThat(interval.isOutside(0.98, 1.02)).isFalse();
    }

    @Test
    void anIntervalBesideTheGoalMissesIt() {
        assertThat(new Interval(1.03, 1.07).isOutside(0.98, 1.02)).isTrue();
        assertThat(new Interval(0.90, 0.97).isOutside(0.98, 1.02)).isTrue();
    }

    @Test
    void theKernelsCountersAreRead() {
        Processors before = Machine.processors("cpu  100 0 100 700 100 0 0 0 0 0");
        Processors after = Machine.processors("cpu  200 0 150 730 110 0 0 10 999 0");

        assertThat(after.busySince(before)).isCloseTo(0.75, within(1e-9));
        assertThat(after.stealSince(before)).isCloseTo(0.05, within(1e-9));
    }

    @Test
    void aProcessMayHaveAnyName() {
        String stat = "17 (a) b (c)) S 1 17 17 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 12 0 100 1000 10";

        assertThat(Machine.processorTime(stat)).isEqualTo(Duration.ofSeconds(3));
    }
}
