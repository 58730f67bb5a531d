package dev.ecdysis.cli;

import dev.ecdysis.Phase;
import dev.ecdysis.status.Progress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Progress for a pipe or a log: a line for each change of phase, and during a long drain one every few
/// seconds in which connections ended.
final class PlainProgress implements ProgressView {
    private static final Duration BETWEEN_COUNTS = Duration.ofSeconds(5);

    private final Screen screen;
    private @Nullable Progress shown;

    PlainProgress(Screen screen) {
        this.screen = screen;
    }

    @Override
    public void accept(Progress progress) {
        if (worthALine(progress)) {
            shown = progress;
            screen.print(List.of(Line.plain(ProgressText.line(progress, progress.elapsed()))));
        }
    }

    private boolean worthALine(Progress progress) {
        Progress last = shown;
        if (last == null || last.phase() != progress.phase()) {
            return true;
        }
        return progress.phase() == Phase.DRAINING && last.connections() != progress.connections()
                && progress.elapsed().minus(last.elapsed()).compareTo(BETWEEN_COUNTS) >= 0;
    }

    @Override
    public void close() {
        // Every line is complete.
    }
}
