package dev.ecdysis.demo.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/// What has become of a load, once it has ended. Every request was either answered or failed.
///
/// @param elapsed from the load's start until the last request was answered or lost
/// @param answered how many requests got a whole response with status 2xx
/// @param failed how many were lost
/// @param failedByKind how they were lost; kinds that did not occur are absent
/// @param failures the first 100,000 of them, in the order in which they were known
/// @param samples the latency of each answer, counted from when its request should have been sent
/// @param answeredByGeneration by the `X-Generation` of the answer; -1 for answers without
/// @param opened how many connects were tried
/// @param reopened how many kept connections were opened again because the server had announced their end, or
///        had closed them while they were idle; neither is a failure
/// @param lag how late the load itself noticed that a request was due, in nanoseconds: latency that is not
///        the server's
public record LoadReport(Duration elapsed, long answered, long failed, Map<FailureKind, Long> failedByKind,
        List<Failure> failures, Samples samples, SortedMap<Integer, Long> answeredByGeneration, long opened,
        long reopened, Histogram lag) {
    private static final long NANOS_PER_MICRO = 1_000;

    public LoadReport {
        Map<FailureKind, Long> kinds = new EnumMap<>(FailureKind.class);
        kinds.putAll(failedByKind);
        failedByKind = Collections.unmodifiableMap(kinds);
        failures = List.copyOf(failures);
        answeredByGeneration = Collections.unmodifiableSortedMap(new TreeMap<>(answeredByGeneration));
    }

    /// How many requests were due.
    public long requests() {
        return answered + failed;
    }

    /// The latencies of all answers, in microseconds.
    public Histogram latencies() {
        return samples.histogram(due -> true);
    }

    /// The run in equal stretches of time, from its start to the last request.
    public List<Bucket> buckets(Duration width) {
        long micros = width.toNanos() / NANOS_PER_MICRO;
        int count = (int) (elapsed.toNanos() / NANOS_PER_MICRO / micros) + 1;
        List<Tally> tallies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tallies.add(new Tally());
        }
        samples.forEach((due, latency) -> tallies.get((int) Math.min(due / micros, count - 1)).add(latency));
        for (Failure failure : failures) {
            long due = failure.due().toNanos() / NANOS_PER_MICRO;
            tallies.get((int) Math.min(due / micros, count - 1)).failed++;
        }
        List<Bucket> buckets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            buckets.add(tallies.get(i).bucket(width.multipliedBy(i)));
        }
        return buckets;
    }

    /// The answers of one bucket, before they are sorted.
    private static final class Tally {
        private long[] latencies = new long[16];
        private int count;
        private long failed;

        void add(long latency) {
            if (count == latencies.length) {
                latencies = Arrays.copyOf(latencies, count * 2);
            }
            latencies[count++] = latency;
        }

        Bucket bucket(Duration from) {
            if (count == 0) {
                return new Bucket(from, 0, 0, 0, failed);
            }
            Arrays.sort(latencies, 0, count);
            long p99 = latencies[(int) Math.ceil(count * 0.99) - 1];
            return new Bucket(from, count, p99, latencies[count - 1], failed);
        }
    }
}
