package dev.ecdysis.it;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/// Waits for what must happen sooner or later. The limit is for hanging, not for slowness: a machine that is
/// busy with other things must not fail a test.
final class Await {
    static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private Await() {
    }

    static void until(String what, Callable<Boolean> holds) throws Exception {
        until(what, LIMIT, holds);
    }

    /// For what must happen before something else would.
    static void until(String what, Duration limit, Callable<Boolean> holds) throws Exception {
        value(what, limit, () -> holds.call() ? Optional.of(true) : Optional.empty());
    }

    /// Waits until no more than so many are left of something, and says which are when they stay.
    static void untilAtMost(int most, String what, Callable<? extends Collection<?>> look) throws Exception {
        AtomicReference<Collection<?>> last = new AtomicReference<>(List.of());
        try {
            until(what, () -> {
                last.set(look.call());
                return last.get().size() <= most;
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", left are " + last.get(), e);
        }
    }

    /// Waits for a value to be there.
    static <T> T value(String what, Callable<Optional<T>> look) throws Exception {
        return value(what, LIMIT, look);
    }

    private static <T> T value(String what, Duration limit, Callable<Optional<T>> look) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> found = look.call();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("did not happen within " + limit.toMillis() + " ms: " + what);
            }
            Thread.sleep(PAUSE);
        }
    }
}
