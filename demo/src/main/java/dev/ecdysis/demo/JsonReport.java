package dev.ecdysis.demo;

import dev.ecdysis.demo.Change.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The ledger for programs. The top level is about the upgrades alone; the contrast has a key of its own.
final class JsonReport {
    private static final double MICROS_PER_MILLI = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;

    private JsonReport() {
    }

    /// One line of JSON.
    static String write(Object value) {
        return JsonMapper.shared().writeValueAsString(value);
    }

    /// Each `error` says why what stands beside it is not the whole: of the upgrades, or of the contrast.
    ///
    /// @param plot where it is; null when it could not be written
    static Map<String, @Nullable Object> of(Demo.Result result, @Nullable Path plot) {
        Map<String, @Nullable Object> json = way(result.upgrade());
        json.put("plot", plot == null ? null : plot.toString());
        result.contrast().ifPresent(contrast -> json.put("contrast", way(contrast)));
        result.contrastProblem().ifPresent(problem -> json.putIfAbsent("contrast", Map.of("error", problem)));
        return json;
    }

    private static Map<String, @Nullable Object> way(RunResult run) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("requests", run.load().requests());
        json.put("answered", run.load().answered());
        json.put("failed", run.load().failed());
        Map<String, Long> kinds = new LinkedHashMap<>();
        run.load().failedByKind().forEach((kind, count) -> kinds.put(kind.key(), count));
        json.put("failed_by_kind", kinds);
        json.put("upgrades", run.count(Outcome.DONE));
        json.put("upgrades_failed", run.count(Outcome.FAILED));
        json.put("bad_builds_turned_away", run.count(Outcome.TURNED_AWAY));
        json.put("seconds", run.load().elapsed().toMillis() / 1e3);
        json.put("to_cutover_ms", durations(run, run.medianToCutover(), Change::toCutover));
        json.put("nobody_accepting_ms", durations(run, run.medianPause(), Change::pause));
        json.put("latency_ms", Map.of("inside", latencies(run.latencies(true)),
                "outside", latencies(run.latencies(false))));
        json.put("answered_by_generation", run.load().answeredByGeneration());
        json.put("reopened", run.load().reopened());
        json.put("load_lag_p99_ms", run.load().lag().getValueAtPercentile(99) / NANOS_PER_MILLI);
        json.put("outcomes", run.changes().stream().map(JsonReport::change).toList());
        run.problem().ifPresent(problem -> json.put("error", problem));
        return json;
    }

    private static Map<String, Object> change(Change change) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("from_ms", millis(change.from()));
        json.put("to_ms", millis(change.to()));
        json.put("outcome", change.outcome().name().toLowerCase(Locale.ROOT));
        json.put("text", change.text());
        json.put("last_words", change.lastWords());
        return json;
    }

    private static Map<String, Object> durations(RunResult run, Optional<Duration> median,
            Function<Change, Optional<Duration>> value) {
        Map<String, Object> json = new LinkedHashMap<>();
        median.ifPresent(duration -> json.put("median", millis(duration)));
        List<Double> all = run.changes().stream().map(value).flatMap(Optional::stream).map(JsonReport::millis)
                .toList();
        json.put("all", all);
        return json;
    }

    private static Map<String, Object> latencies(Histogram histogram) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("count", histogram.getTotalCount());
        if (histogram.getTotalCount() > 0) {
            for (Percentile percentile : Percentile.values()) {
                json.put(percentile.key(), percentile.of(histogram) / MICROS_PER_MILLI);
            }
        }
        return json;
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / NANOS_PER_MILLI;
    }
}
