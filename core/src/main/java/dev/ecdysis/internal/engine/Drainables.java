package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.accept.CarefulDrainable;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.LastResort;
import dev.ecdysis.internal.registry.ManagedListener;
import dev.ecdysis.spi.Drainable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The application's drainables. They are asked and told on threads of their own, because one that hangs must not take the
/// loop along: at the deadline this process ends, whatever they do. On the loop's thread, but for [#add].
final class Drainables {
    private static final System.Logger LOG = Log.of(Drainables.class);
    /// How long the loop waits for answers. They come at once, or the drainable is not as its contract says.
    private static final Duration PATIENCE = Duration.ofMillis(50);
    private static final List<Left> NO_ANSWER = List.of(new Left("the application, which does not answer", 1, false));

    private final Holdings holdings;
    private final List<Drainable> registered = new CopyOnWriteArrayList<>();
    private final List<Drainable> untold = new ArrayList<>();
    private @Nullable CompletableFuture<List<Left>> unanswered;

    /// What one of them has left.
    ///
    /// @param listeners whether it counts for a listener
    record Left(String name, long remaining, boolean listeners) {
    }

    Drainables(Holdings holdings) {
        this.holdings = holdings;
    }

    /// From any thread.
    void add(Drainable drainable) {
        registered.add(drainable);
    }

    boolean isEmpty() {
        return registered.isEmpty() && ofListeners().isEmpty();
    }

    /// One may count for several listeners, and be registered by itself as well.
    private Set<Drainable> ofListeners() {
        Set<Drainable> found = Collections.newSetFromMap(new IdentityHashMap<>());
        for (ManagedListener listener : holdings.listeners()) {
            listener.drainable().ifPresent(found::add);
        }
        return found;
    }

    private Set<Drainable> all() {
        Set<Drainable> all = ofListeners();
        all.addAll(registered);
        return all;
    }

    /// Each on a thread of its own: one that hangs must not keep the others from being told.
    void announce() {
        untold.addAll(all());
        announceToRest();
    }

    /// Those for which there was no thread have not been told, and their clients would be cut off unwarned.
    private void announceToRest() {
        untold.removeIf(drainable -> start("ecdysis-announce", () -> CarefulDrainable.announce(drainable)));
    }

    /// Those that have something left. While they do not answer, something is.
    List<Left> left() {
        if (isEmpty()) {
            return List.of();
        }
        announceToRest();
        CompletableFuture<List<Left>> question = unanswered;
        return question == null ? answerTo(askThem(), PATIENCE) : answerTo(question, Duration.ZERO);
    }

    /// The answer that is still to come was perhaps given before something that has happened by now: it does not count.
    void askAnew() {
        unanswered = null;
    }

    private CompletableFuture<List<Left>> askThem() {
        CompletableFuture<List<Left>> answer = new CompletableFuture<>();
        boolean asked = start("ecdysis-drainables", () -> {
            try {
                answer.complete(ask());
            } finally {
                answer.complete(NO_ANSWER); // without effect unless that failed
            }
        });
        if (!asked) {
            answer.complete(NO_ANSWER);
        }
        return answer;
    }

    private List<Left> answerTo(CompletableFuture<List<Left>> question, Duration patience) {
        unanswered = question;
        try {
            List<Left> left = question.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            unanswered = null;
            return left;
        } catch (TimeoutException e) {
            return NO_ANSWER;
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer is never exceptional", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NO_ANSWER;
        }
    }

    private List<Left> ask() {
        List<Left> left = new ArrayList<>();
        Set<Drainable> ofListeners = ofListeners();
        for (Drainable drainable : all()) {
            long remaining = CarefulDrainable.remaining(drainable);
            if (remaining > 0) {
                left.add(new Left(name(drainable), remaining, ofListeners.contains(drainable)));
            }
        }
        return left;
    }

    private static String name(Drainable drainable) {
        try {
            return drainable.name();
        } catch (Throwable e) { // an Error too: without an answer the drain would wait for its deadline
            LOG.log(System.Logger.Level.WARNING, "a drainable cannot say its name", e);
            return drainable.getClass().getName();
        }
    }

    /// As [#announce()].
    void cutOff() {
        for (Drainable drainable : all()) {
            start("ecdysis-cut-off", () -> CarefulDrainable.cutOff(drainable));
        }
    }

    /// Whether there could be a thread for it; without, the drain goes on to its deadline.
    private static boolean start(String name, Runnable work) {
        try {
            Thread.ofPlatform().daemon().name(name).start(work);
            return true;
        } catch (Throwable e) { // the limit of threads is reported as an OutOfMemoryError
            LastResort.log(LOG, "no thread can be started for", name, e);
            return false;
        }
    }
}
