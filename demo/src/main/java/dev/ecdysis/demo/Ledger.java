package dev.ecdysis.demo;

import dev.ecdysis.demo.Change.Outcome;
import dev.ecdysis.demo.load.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/// The account at the end of a demo, the two ways side by side.
final class Ledger {
    private static final int LABEL_WIDTH = 34;
    private static final int CELL_WIDTH = 18;
    private static final int FAILURES_SHOWN = 5;
    private static final int SPARKLINE_MOST = 70;
    private static final String INDENT = "  ";
    private static final String NONE = "-";

    private final Screen screen;

    Ledger(Screen screen) {
        this.screen = screen;
    }

    /// One line of the account.
    ///
    /// @param label what is counted; indented when it is part of the line above
    /// @param cells one for each way
    /// @param bad whether the line tells of a loss
    record Row(String label, List<String> cells, boolean bad) {
        Row {
            cells = List.copyOf(cells);
        }

        String text() {
            StringBuilder text = new StringBuilder("%-" + LABEL_WIDTH + "s").repeat("%" + CELL_WIDTH + "s",
                    cells.size());
            List<Object> values = new ArrayList<>();
            values.add(label);
            values.addAll(cells);
            return text.toString().formatted(values.toArray()).stripTrailing();
        }
    }

    void print(Demo.Result result) {
        screen.writer().println();
        for (Row row : rows(result)) {
            screen.writer().println(row.bad() ? screen.red(row.text()) : row.text());
        }
        screen.writer().println();
        if (screen.unicode()) {
            // One more for what is left over when the time is divided, and one to spare.
            int columns = Math.min(SPARKLINE_MOST, screen.columns().getAsInt() - INDENT.length() - 2);
            ways(result).forEach(way -> printSparkline(way, columns));
        }
        printFailures(result.upgrade());
        screen.writer().println(verdict(result.upgrade()));
    }

    static List<RunResult> ways(Demo.Result result) {
        List<RunResult> ways = new ArrayList<>(List.of(result.upgrade()));
        result.contrast().ifPresent(ways::add);
        return ways;
    }

    /// Without colours: the plot shows them too.
    static List<Row> rows(Demo.Result result) {
        List<RunResult> ways = ways(result);
        List<Row> rows = new ArrayList<>();
        rows.add(row("", ways, RunResult::name));
        rows.add(row("requests", ways, way -> Numbers.count(way.load().requests())));
        rows.add(new Row("failed", cells(ways, way -> Numbers.count(way.load().failed())),
                ways.stream().anyMatch(way -> way.load().failed() > 0)));
        for (FailureKind kind : FailureKind.values()) {
            if (ways.stream().anyMatch(way -> way.load().failedByKind().containsKey(kind))) {
                rows.add(row("  " + kind.label(), ways,
                        way -> Numbers.count(way.load().failedByKind().getOrDefault(kind, 0L))));
            }
        }
        rows.add(row("replaced", ways, way -> way.count(Outcome.DONE) + " of " + way.changes().size()
                + (way.problem().isPresent() ? ", cut short" : "")));
        if (ways.stream().anyMatch(way -> way.count(Outcome.TURNED_AWAY) > 0)) {
            rows.add(row("bad builds turned away", ways,
                    way -> Numbers.count(way.count(Outcome.TURNED_AWAY))));
        }
        rows.add(row("trigger to cutover, median", ways, way -> text(way.medianToCutover())));
        rows.add(row("nobody accepting, median", ways, way -> text(way.medianPause())));
        addLatencies(rows, ways, "latency while being replaced, ms", true);
        addLatencies(rows, ways, "latency otherwise, ms", false);
        return rows;
    }

    private static void addLatencies(List<Row> rows, List<RunResult> ways, String label, boolean inside) {
        List<Histogram> histograms = ways.stream().map(way -> way.latencies(inside)).toList();
        rows.add(new Row(label, List.of(), false));
        for (Percentile percentile : Percentile.values()) {
            rows.add(new Row("  " + percentile.label(),
                    histograms.stream().map(histogram -> histogram.getTotalCount() == 0 ? NONE
                            : Numbers.latency(percentile.of(histogram))).toList(),
                    false));
        }
    }

    private static Row row(String label, List<RunResult> ways, Function<RunResult, String> cell) {
        return new Row(label, cells(ways, cell), false);
    }

    private static List<String> cells(List<RunResult> ways, Function<RunResult, String> cell) {
        return ways.stream().map(cell).toList();
    }

    private static String text(Optional<Duration> duration) {
        return duration.map(Numbers::duration).orElse(NONE);
    }

    private void printSparkline(RunResult run, int columns) {
        Sparkline sparkline = Sparkline.of(run, columns);
        screen.writer()
                .println(screen.dim("%s: longest latency of each %d ms, 0.2 ms to 2 s, x = lost, ^ = replaced"
                        .formatted(run.name(), sparkline.width().toMillis())));
        screen.writer().println(INDENT + sparkline.bars());
        screen.writer().println(INDENT + sparkline.marks());
    }

    private void printFailures(RunResult upgrade) {
        upgrade.load().failures().stream().limit(FAILURES_SHOWN).forEach(failure -> screen.writer().println(
                screen.red(
                        "lost at %s: %s, %s".formatted(Numbers.seconds(failure.at()), failure.kind().label(),
                                Numbers.printable(failure.detail())))));
    }

    private String verdict(RunResult upgrade) {
        if (upgrade.isClean()) {
            return screen.green("No request was lost by the upgrades.");
        }
        long lost = upgrade.load().failed();
        long failed = upgrade.count(Outcome.FAILED);
        return screen
                .red("The upgrades lost %s of %s requests; %d of %d came out as they should not%s.".formatted(
                        Numbers.count(lost), Numbers.count(upgrade.load().requests()), failed,
                        upgrade.changes().size(),
                        upgrade.problem().isPresent() ? ", and the run ended early" : ""));
    }
}
