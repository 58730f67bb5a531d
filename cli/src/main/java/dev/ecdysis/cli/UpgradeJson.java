package dev.ecdysis.cli;

import dev.ecdysis.UpgradeResult;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// What `upgrade --json` prints. Names are stable: scripts read them.
final class UpgradeJson {
    private UpgradeJson() {
    }

    /// @param pauseMillis with a fraction: it is usually below one
    /// @param drained null unless the drain was waited for
    /// @param error null unless the wait for the drain failed
    /// @param warnings what may end the service all the same
    record Committed(String outcome, int generation, long pid, long toCutoverMillis, double pauseMillis,
            @Nullable Boolean drained, @Nullable String error, List<String> warnings) {
    }

    /// @param exitStatus null when no process was started
    record Failed(String outcome, String error, String phase, @Nullable Integer exitStatus,
            List<String> lastWords) {
    }

    /// @param exitStatus null when the process still finishes its connections
    record RolledBack(String outcome, String error, String warning, @Nullable Integer exitStatus,
            List<String> lastWords) {
    }

    static Object committed(UpgradeResult.Committed result, @Nullable Boolean drained,
            @Nullable String error) {
        return new Committed("committed", result.generation(), result.pid(), result.toCutover().toMillis(),
                fractionalMillis(result.pause()), drained, error, result.warnings());
    }

    static Object failed(UpgradeResult.Failed result) {
        return new Failed("failed", result.reason(), ProgressText.name(result.phase()),
                nullable(result.exitStatus()), result.lastWords());
    }

    static Object rolledBack(UpgradeResult.RolledBack result) {
        return new RolledBack("rolledBack", result.reason(), UpgradeReport.COLD_START,
                nullable(result.exitStatus()), result.lastWords());
    }

    static Object refused(UpgradeResult.Refused result) {
        return new Failures.FailureJson("refused", result.why());
    }

    private static double fractionalMillis(Duration duration) {
        long micros = duration.toNanos() / 1_000;
        return micros / 1e3;
    }

    private static @Nullable Integer nullable(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : null;
    }
}
