package dev.ecdysis.it;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/// Waits for what must happen sooner or later. The limit is for hanging, not for slowness: a machine that is
/// busy with other things must not fail a test.
final class Await {
    static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private Await() {
    }

    static void until(String what, Callable<Boolean> holds) throws Exception {
        value(what, () -> holds.call() ? Optional.of(true) : Optional.empty());
    }

    /// Waits for a value to be there.
    static <T> T value(String what, Callable<Optional<T>> look) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            Optional<T> found = look.call();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("did not happen within " + LIMIT.toSeconds() + " s: " + what);
            }
            Thread.sleep(PAUSE);
        }
    }
}
