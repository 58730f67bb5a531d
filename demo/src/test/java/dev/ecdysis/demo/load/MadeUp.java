package dev.ecdysis.demo.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/// A report of a load that was never driven, so that each of its figures is known.
public final class MadeUp {
    private final Samples samples = new Samples();
    private final List<Failure> failures = new ArrayList<>();
    private long answered;

    /// So many requests that were due at this moment and answered so late.
    public MadeUp answered(int count, Duration due, Duration latency) {
        for (int i = 0; i < count; i++) {
            samples.add(due.toNanos(), latency.toNanos());
        }
        answered += count;
        return this;
    }

    /// One that was due at this moment and lost.
    public MadeUp lost(Duration due, FailureKind kind) {
        failures.add(new Failure(due, due, kind, Mode.NEW_CONNECTION, kind.label()));
        return this;
    }

    public LoadReport report(Duration elapsed) {
        Map<FailureKind, Long> kinds = new EnumMap<>(FailureKind.class);
        failures.forEach(failure -> kinds.merge(failure.kind(), 1L, Long::sum));
        return new LoadReport(elapsed, answered, failures.size(), kinds, failures, samples,
                new TreeMap<>(Map.of(0, answered)), answered, 0, new Histogram(2));
    }
}
