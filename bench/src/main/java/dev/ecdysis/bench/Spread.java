package dev.ecdysis.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How a few durations are spread. A percentile is one of them, the next greater where it lies between two: never
/// the flattering one.
///
/// @param sorted the least first
record Spread(List<Duration> sorted) {
    private static final double MEDIAN = 0.5;
    private static final double NINETY = 0.9;

    Spread {
        sorted = sorted.stream().sorted().toList();
    }

    boolean isEmpty() {
        return sorted.isEmpty();
    }

    Duration median() {
        return at(MEDIAN);
    }

    Duration at(double part) {
        return sorted.get(Math.min((int) (sorted.size() * part), sorted.size() - 1));
    }

    @Override
    public String toString() {
        return isEmpty() ? "none"
                : "p50 %s   p90 %s   max %s".formatted(Figures.duration(median()), Figures.duration(at(NINETY)),
                        Figures.duration(sorted.getLast()));
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        if (!isEmpty()) {
            json.put("p50", Figures.millis(median()));
            json.put("p90", Figures.millis(at(NINETY)));
            json.put("max", Figures.millis(sorted.getLast()));
        }
        json.put("all", sorted.stream().map(Figures::millis).toList());
        return json;
    }
}
