package dev.ecdysis.cli;

import dev.ecdysis.Phase;
import dev.ecdysis.status.Progress;
import java.time.Duration;
import java.util.Locale;

/// One step of an upgrade or a stop in words.
final class ProgressText {
    private ProgressText() {
    }

    static String line(Progress progress, Duration elapsed) {
        String pid = progress.pid().isPresent() && progress.phase() != Phase.DRAINING
                ? " (pid " + progress.pid().getAsLong() + ")" : "";
        String detail = progress.detail().isEmpty() ? "" : " (" + Printable.label(progress.detail()) + ")";
        return String.format(Locale.ROOT, "%9s  %s: %s%s", HumanDuration.seconds(elapsed),
                name(progress.phase()),
                meaning(progress), pid + detail);
    }

    /// A phase's name, for humans and in JSON.
    static String name(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    static String connections(long count) {
        return count == 1 ? "1 connection left" : count + " connections left";
    }

    private static String meaning(Progress progress) {
        return switch (progress.phase()) {
            case PREFLIGHT -> "checking whether an upgrade can work";
            case SPAWNING -> "starting generation " + progress.generation();
            case INITIALISING -> "generation " + progress.generation() + " initialises, the old one serves";
            case CUTOVER -> "handing over to generation " + progress.generation();
            case PROBATION -> "generation " + progress.generation() + " serves, on probation";
            case UNKNOWN -> "a phase that only a later version of this program knows";
            case DRAINING ->
                "generation " + progress.generation() + ", " + connections(progress.connections());
        };
    }
}
