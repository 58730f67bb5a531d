package dev.ecdysis.demo;

import dev.ecdysis.demo.Change.Outcome;
import dev.ecdysis.demo.load.Failure;
import dev.ecdysis.demo.load.Samples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// The plot: one HTML file that needs nothing else, every request a dot. The drawing is in `report.html`
/// beside this class; here its data are put in.
final class HtmlReport {
    private static final String TEMPLATE = "report.html";
    private static final String DATA = "{{DATA}}";
    private static final int DOTS_MOST = 30_000;
    private static final int LOST_MOST = 10_000;
    private static final double MICROS_PER_SECOND = 1e6;
    private static final double MICROS_PER_MILLI = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;

    private HtmlReport() {
    }

    static void write(Path file, DemoOptions options, Demo.Result result) throws IOException {
        Files.writeString(file, html(options, result));
    }

    static String html(DemoOptions options, Demo.Result result) throws IOException {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("rate", options.rate());
        data.put("rows", Ledger.rows(result).stream().map(HtmlReport::row).toList());
        data.put("ways", Ledger.ways(result).stream().map(HtmlReport::way).toList());
        // No text in the data can end the script element.
        String json = JsonReport.write(data).replace("<", "\\u003c");
        return template().replace(DATA, json);
    }

    private static String template() throws IOException {
        try (InputStream in = HtmlReport.class.getResourceAsStream(TEMPLATE)) {
            if (in == null) {
                throw new IOException("the resource " + TEMPLATE + " is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> row(Ledger.Row row) {
        List<String> cells = new ArrayList<>(List.of(row.label()));
        cells.addAll(row.cells());
        return cells;
    }

    private static Map<String, Object> way(RunResult run) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", run.name());
        json.put("seconds", run.load().elapsed().toMillis() / 1e3);
        json.put("failed", run.load().failed());
        json.put("dots", dots(run.load().samples(), run.load().answered()));
        json.put("lost", run.load().failures().stream().limit(LOST_MOST).map(HtmlReport::lost).toList());
        json.put("changes", run.changes().stream().map(HtmlReport::change).toList());
        return json;
    }

    /// Seconds and milliseconds in turn. Of many requests only some are shown, the slow ones all.
    private static List<Double> dots(Samples samples, long count) {
        long step = count / DOTS_MOST + 1;
        long slow = step == 1 ? 0 : samples.histogram(due -> true).getValueAtPercentile(99);
        List<Double> dots = new ArrayList<>();
        AtomicLong index = new AtomicLong();
        samples.forEach((due, latency) -> {
            if (latency > slow || index.getAndIncrement() % step == 0) {
                dots.add(due / MICROS_PER_SECOND);
                dots.add(latency / MICROS_PER_MILLI);
            }
        });
        return dots;
    }

    private static List<Object> lost(Failure failure) {
        return List.of(failure.due().toNanos() / NANOS_PER_SECOND, failure.kind().label());
    }

    private static Map<String, Object> change(Change change) {
        return Map.of("from", change.from().toNanos() / NANOS_PER_SECOND, "to",
                change.to().toNanos() / NANOS_PER_SECOND,
                "text", change.text(), "done", change.outcome() == Outcome.DONE);
    }
}
