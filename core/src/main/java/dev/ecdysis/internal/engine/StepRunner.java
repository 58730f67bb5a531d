package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Function;

/// Runs the steps of a handover that call the application's code, on threads of their own with a time limit each: the
/// loop must not wait for them.
///
/// A step that outlasts its limit is interrupted and counts as failed; its thread is left to itself.
final class StepRunner {
    private final EventLoop loop;
    private final Mailbox mailbox;

    StepRunner(EventLoop loop, Mailbox mailbox) {
        this.loop = loop;
        this.mailbox = mailbox;
    }

    /// Runs a step at once, on the loop's thread: for steps that call nobody's code but ours, which are bounded.
    void runHere(Callable<Event> step, Function<String, Event> failed) {
        mailbox.answer(outcome(step, failed));
    }

    void run(String name, Callable<Event> step, Duration limit, Function<String, Event> failed) {
        Running running = new Running(failed);
        running.thread = Thread.ofPlatform().daemon().name("ecdysis-" + name).unstarted(() -> {
            Event event = outcome(step, failed);
            loop.execute(() -> running.finish(event));
        });
        running.timer = loop.schedule(limit, () -> running.expire(name, limit));
        running.thread.start();
    }

    private static Event outcome(Callable<Event> step, Function<String, Event> failed) {
        try {
            return step.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed.apply("interrupted");
        } catch (Exception e) {
            return failed.apply(String.valueOf(e.getMessage()));
        }
    }

    private final class Running {
        private final Function<String, Event> failed;
        private Thread thread = Thread.currentThread();
        private Timers.@org.jspecify.annotations.Nullable Handle timer;
        private boolean over;

        private Running(Function<String, Event> failed) {
            this.failed = failed;
        }

        private void finish(Event event) {
            if (!over) {
                over = true;
                if (timer != null) {
                    timer.cancel();
                }
                mailbox.post(event);
            }
        }

        private void expire(String name, Duration limit) {
            if (!over) {
                over = true;
                thread.interrupt();
                mailbox.post(failed.apply(name + " took longer than " + limit.toMillis() + " ms"));
            }
        }
    }
}
