package dev.ecdysis.demo.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/// What has become of each request. Written by the load's thread alone; anyone may read the counters while it
/// runs, and the rest once it has ended.
final class Recorder {
    /// A run that goes so wrong needs no further details; the counts go on.
    private static final int FAILURES_KEPT = 100_000;
    private static final long LONGEST_LAG_NANOS = 3_600_000_000_000L;

    final LongAdder answered = new LongAdder();
    final LongAdder failed = new LongAdder();
    volatile int generation = ResponseParser.UNKNOWN;

    private final Samples samples = new Samples();
    private final Histogram lag = new Histogram(1, LONGEST_LAG_NANOS, 2);
    private final List<Failure> failures = new ArrayList<>();
    private final EnumMap<FailureKind, Long> failedByKind = new EnumMap<>(FailureKind.class);
    private final SortedMap<Integer, Long> answeredByGeneration = new TreeMap<>();
    private long answeredByThis;
    private long opened;
    private long reopened;

    void answered(long dueNanos, long atNanos, int byGeneration) {
        samples.add(dueNanos, atNanos - dueNanos);
        answered.increment();
        if (byGeneration != generation) {
            countGeneration();
            generation = byGeneration;
        }
        answeredByThis++;
    }

    void failed(Failure failure) {
        failed.increment();
        failedByKind.merge(failure.kind(), 1L, Long::sum);
        if (failures.size() < FAILURES_KEPT) {
            failures.add(failure);
        }
    }

    /// How late the load itself noticed that a request was due.
    void noticed(long lagNanos) {
        lag.recordValue(Math.clamp(lagNanos, 0, LONGEST_LAG_NANOS));
    }

    void opened() {
        opened++;
    }

    void reopened() {
        reopened++;
    }

    LoadReport report(Duration elapsed) {
        countGeneration();
        return new LoadReport(elapsed, answered.sum(), failed.sum(), failedByKind, failures, samples,
                answeredByGeneration, opened, reopened, lag);
    }

    /// Most answers come from the same generation as the one before: no box for each of them.
    private void countGeneration() {
        if (answeredByThis > 0) {
            answeredByGeneration.merge(generation, answeredByThis, Long::sum);
            answeredByThis = 0;
        }
    }
}
