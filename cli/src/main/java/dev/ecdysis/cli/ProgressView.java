package dev.ecdysis.cli;

import dev.ecdysis.status.Progress;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Shows how far an upgrade or a stop has come.
sealed interface ProgressView extends Consumer<Progress>, AutoCloseable permits LiveProgress, PlainProgress {
    /// Leaves the screen ready for the next line. May be called more than once, and from any thread.
    @Override
    void close();

    static ProgressView on(Screen screen, LongSupplier nanoTime) {
        if (!screen.live()) {
            return new PlainProgress(screen);
        }
        LiveProgress live = new LiveProgress(screen, nanoTime);
        live.keepMoving();
        return live;
    }
}
