package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Runs the steps of a handover that call the application's code, on threads of their own with a time limit each: the
/// loop must not wait for them.
///
/// A step that outlasts its limit is interrupted and counts as failed; its thread is left to itself, and finds its
/// [Checkpoint] closed.
final class StepRunner {
    /// What a step does; the event is its answer.
    interface Work {
        Event run(Checkpoint checkpoint) throws Exception;
    }

    private final EventLoop loop;
    private final Mailbox mailbox;
    private final List<Thread> unfinished = new ArrayList<>();
    // Linked beforehand, not when connections wait.
    private final Checkpoint inTime = () -> false;

    StepRunner(EventLoop loop, Mailbox mailbox) {
        this.loop = loop;
        this.mailbox = mailbox;
    }

    /// Runs a step at once, on the loop's thread: for steps that call nobody's code but ours, which are bounded.
    void runHere(Work step, Function<String, Event> failed) {
        mailbox.answer(outcome(step, inTime, failed));
    }

    void run(String name, Work step, Duration limit, Function<String, Event> failed) {
        Running running = new Running(failed);
        running.thread = Thread.ofPlatform().daemon().name("ecdysis-" + name).unstarted(() -> {
            Event event = outcome(step, running, failed);
            loop.execute(() -> running.finish(event));
        });
        running.thread.start();
        running.timer = loop.schedule(limit, () -> running.expire(name, limit));
    }

    /// Whether a step that outlasted its limit is still at it: what it holds is not free.
    boolean isBusy() {
        unfinished.removeIf(thread -> !thread.isAlive());
        return !unfinished.isEmpty();
    }

    private static Event outcome(Work step, Checkpoint checkpoint, Function<String, Event> failed) {
        try {
            return step.run(checkpoint);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed.apply("interrupted");
        } catch (Exception e) {
            return failed.apply(String.valueOf(e.getMessage()));
        } catch (Throwable e) { // the application's, perhaps: without an answer the handover would stand still
            return failed.apply(e.toString());
        }
    }

    private final class Running implements Checkpoint {
        private final Function<String, Event> failed;
        private Thread thread = Thread.currentThread();
        private Timers.@org.jspecify.annotations.Nullable Handle timer;
        private volatile boolean over;

        private Running(Function<String, Event> failed) {
            this.failed = failed;
        }

        @Override
        public boolean isTooLate() {
            return over;
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
                unfinished.add(thread);
                thread.interrupt();
                mailbox.post(failed.apply(name + " took longer than " + limit.toMillis() + " ms"));
            }
        }
    }
}
