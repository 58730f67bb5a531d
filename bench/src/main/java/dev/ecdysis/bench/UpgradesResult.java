package dev.ecdysis.bench;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.UpgradeResult.Committed;
import dev.ecdysis.demo.load.LoadReport;
import dev.ecdysis.demo.load.Mode;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/// What became of the upgrades under load.
///
/// @param mode how the requests got their connections
/// @param load what became of the requests
/// @param upgrades in order
/// @param idleSpinners processes of the server that worked after the load had ended
record UpgradesResult(Mode mode, LoadReport load, List<Upgrade> upgrades, List<Noise.Spinner> idleSpinners) {
    private static final long NANOS_PER_MICRO = 1000;

    UpgradesResult {
        upgrades = List.copyOf(upgrades);
        idleSpinners = List.copyOf(idleSpinners);
    }

    /// One upgrade.
    ///
    /// @param from the trigger, since the load's start
    /// @param to the outcome, since the load's start
    record Upgrade(Duration from, Duration to, UpgradeResult result) {
        boolean covers(long dueMicros) {
            return from.toNanos() / NANOS_PER_MICRO <= dueMicros && dueMicros <= to.toNanos() / NANOS_PER_MICRO;
        }
    }

    /// @param asked how many requests there should have been at least
    boolean isClean(long asked) {
        return load.failed() == 0 && load.requests() >= asked && committed().size() == upgrades.size();
    }

    List<Committed> committed() {
        return upgrades.stream().map(Upgrade::result).filter(Committed.class::isInstance).map(Committed.class::cast)
                .toList();
    }

    List<UpgradeResult> notCommitted() {
        return upgrades.stream().map(Upgrade::result).filter(result -> !(result instanceof Committed)).toList();
    }

    Spread pauses() {
        return spread(Committed::pause);
    }

    Spread toCutover() {
        return spread(Committed::toCutover);
    }

    /// Latencies in microseconds of the requests that were due during an upgrade, or of the others.
    Histogram latencies(boolean inside) {
        return load.samples()
                .histogram(due -> upgrades.stream().anyMatch(upgrade -> upgrade.covers(due)) == inside);
    }

    private Spread spread(Function<Committed, Duration> value) {
        return new Spread(committed().stream().map(value).toList());
    }
}
