package dev.ecdysis.demo;

import dev.ecdysis.demo.load.Bucket;
import java.time.Duration;
import java.util.List;

/// A run in one line of block characters, the longest latency of each stretch of time on a logarithmic scale,
/// and a second line that marks when replacements began.
///
/// @param bars one character per stretch; `x` where a request was lost
/// @param marks `^` below each stretch in which a replacement began
/// @param width how long a stretch is
record Sparkline(String bars, String marks, Duration width) {
    private static final String BLOCKS = "▁▂▃▄▅▆▇█";
    private static final char LOST = 'x';
    private static final double FLOOR_MICROS = 200;
    private static final double CEILING_MICROS = 2_000_000;

    static Sparkline of(RunResult run, int columns) {
        Duration width = run.load().elapsed().dividedBy(columns).plusNanos(1);
        List<Bucket> buckets = run.load().buckets(width);
        StringBuilder bars = new StringBuilder();
        for (Bucket bucket : buckets) {
            bars.append(bucket.failed() > 0 ? LOST : bucket.answered() == 0 ? ' ' : block(bucket.max()));
        }
        StringBuilder marks = new StringBuilder(" ".repeat(buckets.size()));
        for (Change change : run.changes()) {
            int at = (int) Math.min(change.from().dividedBy(width), buckets.size() - 1);
            marks.setCharAt(at, '^');
        }
        return new Sparkline(bars.toString(), marks.toString().stripTrailing(), width);
    }

    /// The lowest block is 0.2 ms and less, the highest 2 s and more, in every run: runs can be compared.
    static char block(long micros) {
        double share = Math.log(micros / FLOOR_MICROS) / Math.log(CEILING_MICROS / FLOOR_MICROS);
        return BLOCKS.charAt(Math.clamp(Math.round(share * (BLOCKS.length() - 1)), 0, BLOCKS.length() - 1));
    }
}
