package dev.ecdysis.internal.drain;

import dev.ecdysis.internal.drain.Drainables.Left;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.SafeLog;
import dev.ecdysis.internal.loop.Errand;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// What the application's drainables have left, as far as is known. They are asked on a thread of its own, one question at a
/// time, and the loop is told: it never waits for an answer. On the loop's thread, but for [#changed()].
final class Remaining {
    private static final System.Logger LOG = Log.of(Remaining.class);
    /// How long an answer may take. It comes at once, or a drainable is not as its contract says.
    private static final Duration PATIENCE = Duration.ofMillis(200);
    /// Between two questions, however often something changes.
    private static final Duration REST = Duration.ofMillis(10);
    private static final Duration WITHOUT_THREADS = Duration.ofMillis(100);
    private static final List<Left> NO_ANSWER = List.of(new Left("the application, which does not answer", 1, false));

    private final EventLoop loop;
    private final Drainables drainables;
    private final Runnable onAnswer;
    private final Runnable question = this::ask;
    private final AtomicBoolean toBeAsked = new AtomicBoolean();
    private final List<Waiter> waiters = new ArrayList<>();
    private List<Left> known = List.of();
    private long asked;
    private long answered;
    private long needed;
    private long askedNanos;
    private boolean scheduled;

    /// @param onAnswer called after each answer
    Remaining(EventLoop loop, Drainables drainables, Runnable onAnswer) {
        this.loop = loop;
        this.drainables = drainables;
        this.onAnswer = onAnswer;
    }

    /// Who waits for an answer to a question that has not been asked yet.
    private final class Waiter {
        private final long number = asked + 1;
        private final Runnable then;
        private final Timers.Handle limit = loop.schedule(PATIENCE, this::answer);

        private Waiter(Runnable then) {
            this.then = then;
        }

        private void answer() {
            limit.cancel();
            if (waiters.remove(this)) {
                then.run();
            }
        }
    }

    private final class Question extends Errand {
        private List<Left> left = NO_ANSWER;

        private Question() {
            super(loop);
        }

        @Override
        public void work() {
            left = drainables.left();
        }

        @Override
        public void over(@Nullable Throwable failed) {
            if (failed != null) {
                SafeLog.log(LOG, "the drainables could not be asked", null, failed);
            }
            arrived(left);
        }
    }

    /// Something may have changed. From any thread; costs next to nothing while that is known.
    void changed() {
        if (toBeAsked.compareAndSet(false, true)) {
            loop.execute(question);
        }
    }

    /// Asks now, or once the question under way is answered.
    void ask() {
        toBeAsked.set(true);
        if (answered < asked || scheduled) {
            return;
        }
        toBeAsked.set(false);
        try {
            new Question().start("ecdysis-drainables");
            asked++;
            askedNanos = System.nanoTime();
        } catch (OutOfMemoryError e) { // the limit of threads is reported as this
            SafeLog.log(LOG, "no thread can be started yet to ask", "the drainables", e);
            askLater(WITHOUT_THREADS);
        }
    }

    private void askLater(Duration after) {
        scheduled = true;
        loop.schedule(after, () -> {
            scheduled = false;
            ask();
        });
    }

    private void arrived(List<Left> left) {
        answered = asked;
        known = left;
        if (toBeAsked.get()) {
            askLater(REST);
        }
        for (Waiter waiter : List.copyOf(waiters)) {
            if (waiter.number <= answered) {
                waiter.answer();
            }
        }
        onAnswer.run();
    }

    /// The same; what is known by now does not count for [#isNothing()].
    void askAnew() {
        needed = asked + 1;
        ask();
    }

    /// Whether they say that nothing is left.
    boolean isNothing() {
        return answered >= needed && known.isEmpty();
    }

    /// Goes on once it is known what they have left from now on, or they have not answered in time.
    void refreshed(Runnable then) {
        if (drainables.isEmpty()) {
            then.run();
        } else {
            waiters.add(new Waiter(then));
            ask();
        }
    }

    /// What they said last; while they do not answer, something is left.
    List<Left> known() {
        boolean late = answered < asked && System.nanoTime() - askedNanos > PATIENCE.toNanos();
        return late ? NO_ANSWER : known;
    }
}
