package dev.ecdysis.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The ratios of pairs of measurements, several from each pair of JVMs, and what can be concluded from them.
///
/// @param ofForks for each pair of JVMs the ratios of its rounds
record Ratios(List<List<Double>> ofForks) {
    private static final int RESAMPLES = 4000;
    private static final double LOW = 0.025;
    private static final double HIGH = 0.975;
    private static final long SEED = 1;

    Ratios {
        ofForks = ofForks.stream().map(List::copyOf).toList();
    }

    /// Where 95 % of the medians lie that other runs would have given.
    record Interval(double low, double high) {
        /// Whether all of it lies between two limits.
        boolean isWithin(double least, double most) {
            return least <= low && high <= most;
        }

        /// Whether none of it does.
        boolean isOutside(double least, double most) {
            return high < least || low > most;
        }
    }

    /// Of all rounds.
    double median() {
        return median(ofForks.stream().flatMap(List::stream).toList());
    }

    /// By a bootstrap that first draws pairs of JVMs and then rounds of each: the compiler's luck is the same for
    /// all rounds of one JVM, so more rounds do not make up for few JVMs.
    Interval interval() {
        // Seeded: the same measurements always give the same interval.
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        double[] medians = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            List<Double> drawn = new ArrayList<>();
            for (int fork = 0; fork < ofForks.size(); fork++) {
                List<Double> rounds = ofForks.get(random.nextInt(ofForks.size()));
                for (int round = 0; round < rounds.size(); round++) {
                    drawn.add(rounds.get(random.nextInt(rounds.size())));
                }
            }
            medians[i] = median(drawn);
        }
        Arrays.sort(medians);
        return new Interval(medians[(int) (RESAMPLES * LOW)], medians[(int) (RESAMPLES * HIGH)]);
    }

    Map<String, Object> json() {
        Interval interval = interval();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("median", median());
        json.put("interval95", List.of(interval.low(), interval.high()));
        json.put("rounds", ofForks);
        return json;
    }

    static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
