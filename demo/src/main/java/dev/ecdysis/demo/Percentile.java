package dev.ecdysis.demo;

import org.HdrHistogram.Histogram;

/// What is told of a distribution of latencies.
enum Percentile {
    P50("p50", "p50", 50),
    P99("p99", "p99", 99),
    P99_9("p99.9", "p99_9", 99.9),
    MAX("max", "max", 100);

    private final String label;
    private final String key;
    private final double percent;

    Percentile(String label, String key, double percent) {
        this.label = label;
        this.key = key;
        this.percent = percent;
    }

    /// As people read it.
    String label() {
        return label;
    }

    /// As programs read it.
    String key() {
        return key;
    }

    /// In microseconds.
    long of(Histogram histogram) {
        return histogram.getValueAtPercentile(percent);
    }
}
