package dev.ecdysis.bench;

import dev.ecdysis.bench.UpgradesCommand.Plan;
import dev.ecdysis.demo.load.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/// The figures of the upgrades, for people and for programs.
final class UpgradesText {
    private static final Duration PAUSE_GOAL = Duration.ofMillis(1);
    private static final Duration CUTOVER_GOAL = Duration.ofMillis(400);
    private static final int FAILURES_SHOWN = 10;
    private static final double[] PERCENTILES = {50, 99, 99.9};
    private static final double MICROS_PER_MILLI = 1e3;
    private static final double LAG_PERCENTILE = 99;
    private static final double NANOS_PER_MILLI = 1e6;

    private UpgradesText() {
    }

    static List<String> lines(Plan plan, UpgradesResult result) {
        List<String> lines = new ArrayList<>();
        lines.add(Figures.label(result.mode()) + ": " + Figures.count(result.load().requests()) + " requests at "
                + Figures.count(plan.rate()) + " a second over " + result.committed().size() + " upgrades");
        if (result.load().requests() < plan.requests()) {
            lines.add("  TOO FEW             of " + Figures.count(plan.requests()) + " that were asked for");
        }
        lines.add("  failed              " + Figures.count(result.load().failed()) + kinds(result));
        lines.add("  accept pause        " + result.pauses() + goal(result.pauses(), PAUSE_GOAL));
        lines.add("  trigger to cutover  " + result.toCutover() + goal(result.toCutover(), CUTOVER_GOAL));
        lines.add("  latency inside      " + latencies(result.latencies(true)));
        lines.add("  latency outside     " + latencies(result.latencies(false)));
        lines.add("  load lag            p99 "
                + Figures.duration(Duration.ofNanos(result.load().lag().getValueAtPercentile(LAG_PERCENTILE)))
                + "; " + Figures.count(result.load().opened()) + " connections, "
                + Figures.count(result.load().reopened()) + " of them in place of kept ones that were ended");
        result.notCommitted().forEach(outcome -> lines.add("  NOT COMMITTED: " + outcome));
        result.load().failures().stream().limit(FAILURES_SHOWN).map(UpgradesText::line).forEach(lines::add);
        result.idleSpinners()
                .forEach(spinner -> lines.add("  warning: with no load, the server's " + spinner));
        return lines;
    }

    static Map<String, Object> json(UpgradesResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mode", Figures.key(result.mode()));
        json.put("requests", result.load().requests());
        json.put("failed", result.load().failed());
        Map<String, Long> kinds = new LinkedHashMap<>();
        result.load().failedByKind().forEach((kind, count) -> kinds.put(kind.key(), count));
        json.put("failed_by_kind", kinds);
        json.put("upgrades", result.upgrades().size());
        json.put("committed", result.committed().size());
        json.put("not_committed", result.notCommitted().stream().map(String::valueOf).toList());
        json.put("accept_pause_ms", result.pauses().json());
        json.put("trigger_to_cutover_ms", result.toCutover().json());
        json.put("latency_inside_ms", latencyJson(result.latencies(true)));
        json.put("latency_outside_ms", latencyJson(result.latencies(false)));
        json.put("load_lag_p99_ms", result.load().lag().getValueAtPercentile(LAG_PERCENTILE) / NANOS_PER_MILLI);
        json.put("connections_opened", result.load().opened());
        json.put("connections_reopened", result.load().reopened());
        json.put("failures", result.load().failures().stream().limit(FAILURES_SHOWN).map(UpgradesText::line)
                .map(String::strip).toList());
        json.put("idle_spinners", result.idleSpinners());
        return json;
    }

    private static String kinds(UpgradesResult result) {
        return result.load().failedByKind().isEmpty() ? ""
                : result.load().failedByKind().entrySet().stream()
                        .map(entry -> Figures.count(entry.getValue()) + " " + entry.getKey().label())
                        .collect(Collectors.joining(", ", " (", ")"));
    }

    private static String goal(Spread spread, Duration limit) {
        return spread.isEmpty() ? ""
                : "   goal: p50 under " + Figures.duration(limit)
                        + (spread.median().compareTo(limit) < 0 ? ", met" : ", MISSED");
    }

    private static String latencies(Histogram histogram) {
        StringBuilder line = new StringBuilder();
        for (double percentile : PERCENTILES) {
            line.append(name(percentile)).append(' ')
                    .append(Figures.micros(histogram.getValueAtPercentile(percentile))).append("   ");
        }
        return line.append("of ").append(Figures.count(histogram.getTotalCount())).toString();
    }

    private static Map<String, Object> latencyJson(Histogram histogram) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("count", histogram.getTotalCount());
        for (double percentile : PERCENTILES) {
            json.put(name(percentile), histogram.getValueAtPercentile(percentile) / MICROS_PER_MILLI);
        }
        return json;
    }

    /// `p50` and `p99.9`.
    private static String name(double percentile) {
        return "p" + String.valueOf(percentile).replaceFirst("\\.0$", "");
    }

    private static String line(Failure failure) {
        return "  lost: " + failure.kind().label() + " after " + failure.at().toMillis() + " ms of the load: "
                + failure.detail();
    }
}
