package dev.ecdysis.demo;

import dev.ecdysis.demo.load.LoadReport;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/// What became of one way of replacing the server.
///
/// @param name the way, such as `upgrade`
/// @param load what became of the requests
/// @param changes the replacements, in order
/// @param problem why it ended early, and what was counted is not the whole; empty when it did not
record RunResult(String name, LoadReport load, List<Change> changes, Optional<String> problem) {
    RunResult {
        changes = List.copyOf(changes);
    }

    /// Whether all was done, no request was lost and every replacement came out as it should.
    boolean isClean() {
        return problem.isEmpty() && load.failed() == 0 && count(Change.Outcome.FAILED) == 0;
    }

    long count(Change.Outcome outcome) {
        return changes.stream().filter(change -> change.outcome() == outcome).count();
    }

    /// Latencies in microseconds of the requests that were due while the server was being replaced, or of the
    /// others.
    Histogram latencies(boolean inside) {
        return load.samples().histogram(due -> isInside(due) == inside);
    }

    private boolean isInside(long dueMicros) {
        Duration due = Duration.of(dueMicros, ChronoUnit.MICROS);
        return changes.stream().anyMatch(change -> change.covers(due));
    }

    Optional<Duration> medianToCutover() {
        return median(Change::toCutover);
    }

    Optional<Duration> medianPause() {
        return median(Change::pause);
    }

    private Optional<Duration> median(Function<Change, Optional<Duration>> value) {
        List<Duration> sorted = changes.stream().map(value).flatMap(Optional::stream).sorted().toList();
        // The upper of the two in the middle: a real one, and never the flattering one.
        return sorted.isEmpty() ? Optional.empty() : Optional.of(sorted.get(sorted.size() / 2));
    }
}
