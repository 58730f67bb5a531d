package dev.ecdysis.demo.load;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.HdrHistogram.Histogram;

/// When each answered request was due and how long its answer took: 12 bytes each, in chunks, so that a long
/// run neither copies nor makes garbage. One writer; readers come after it has ended.
public final class Samples {
    private static final int CHUNK = 1 << 16;
    private static final long LONGEST_MICROS = 3_600_000_000L;
    private static final long NANOS_PER_MICRO = 1_000;

    private final List<long[]> dues = new ArrayList<>();
    private final List<int[]> latencies = new ArrayList<>();
    private int used = CHUNK;

    Samples() {
    }

    /// Goes through all samples, in the order in which the answers came.
    ///
    /// @param action is told when the request was due and its latency, both in microseconds
    public void forEach(Action action) {
        for (int chunk = 0; chunk < dues.size(); chunk++) {
            long[] due = dues.get(chunk);
            int[] latency = latencies.get(chunk);
            int end = chunk == dues.size() - 1 ? used : CHUNK;
            for (int i = 0; i < end; i++) {
                action.accept(due[i], latency[i]);
            }
        }
    }

    /// What is done with each sample, without boxes.
    @FunctionalInterface
    public interface Action {
        void accept(long dueMicros, long latencyMicros);
    }

    /// The latencies, in microseconds, of the requests that were due at certain times.
    ///
    /// @param dueMicros which times, in microseconds since the load's start
    public Histogram histogram(LongPredicate dueMicros) {
        Histogram histogram = new Histogram(1, LONGEST_MICROS, 3);
        forEach((due, latency) -> {
            if (dueMicros.test(due)) {
                histogram.recordValue(latency);
            }
        });
        return histogram;
    }

    void add(long dueNanos, long latencyNanos) {
        if (used == CHUNK) {
            dues.add(new long[CHUNK]);
            latencies.add(new int[CHUNK]);
            used = 0;
        }
        dues.getLast()[used] = dueNanos / NANOS_PER_MICRO;
        latencies.getLast()[used] = (int) Math.min(latencyNanos / NANOS_PER_MICRO, Integer.MAX_VALUE);
        used++;
    }
}
