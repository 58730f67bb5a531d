package dev.ecdysis.internal.resources;

import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.internal.log.SafeLog;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.pump.EventQueue;
import dev.ecdysis.internal.thread.Survival;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs the steps of a handover that call the application's code, on threads of their own with a time limit each: the
/// loop must not wait for them.
///
/// A step that outlasts its limit is interrupted and counts as failed; its thread is left to itself, and finds its
/// [StepDeadline] closed.
public class StepRunner {
    /// What a step does. Not two lambdas: connections may wait while those are linked.
    public interface Work {
        /// Does it; the event is the answer.
        Event run(StepDeadline deadline) throws Exception;

        /// The answer when it threw, or outlasted its limit.
        Event failed(String why);
    }

    private static final System.Logger LOG = Log.of(StepRunner.class);
    private static final Duration WITHOUT_THREADS = Duration.ofMillis(100);

    private final EventLoop loop;
    private final EventQueue events;
    private final List<Thread> unfinished = new ArrayList<>();
    private final StepDeadline inTime = new StepDeadline() {
        @Override
        public boolean isTooLate() {
            return false;
        }
    };

    public StepRunner(EventLoop loop, EventQueue events) {
        this.loop = loop;
        this.events = events;
    }

    /// For tests with a time of their own.
    long nanoTime() {
        return System.nanoTime();
    }

    /// Runs a step at once, on the loop's thread: for steps that call nobody's code but ours, which are bounded.
    void runHere(Work step) {
        events.post(outcome(step, inTime).event(step));
    }

    /// Runs a step that does nothing: connections wait for the first one of a successor, and would for its classes.
    public static void rehearse() {
        Work nothing = new Work() {
            @Override
            public Event run(StepDeadline deadline) {
                return new Event.Taken();
            }

            @Override
            public Event failed(String why) {
                return new Event.TakeFailed(why);
            }
        };
        Event event = outcome(nothing, () -> false).event(nothing);
        LOG.log(System.Logger.Level.TRACE, "rehearsed: {0}", event);
    }

    /// Does something after a moment, on the loop's thread: there may be a thread by then.
    void soon(Runnable action) {
        loop.schedule(WITHOUT_THREADS, action);
    }

    /// Answers without doing anything.
    void answer(Event event) {
        events.post(event);
    }

    /// Begins a step; what becomes of it is an event.
    ///
    /// @param limit of each thing that the step [begins][StepDeadline#begin]
    public void run(String name, Work step, Duration limit) {
        Running running = new Running(name, step, limit);
        try {
            running.watch(limit);
            running.start();
        } catch (VirtualMachineError e) {
            running.forget(); // it was not begun, and whoever wants it is told so by this
            throw e;
        }
    }

    /// Whether a step that outlasted its limit is still at it: what it holds is not free.
    boolean isBusy() {
        unfinished.removeIf(thread -> !thread.isAlive());
        return !unfinished.isEmpty();
    }

    /// How a step ended. What follows from a failure is done on the loop's thread, and only if the step was in time.
    ///
    /// @param event null when it failed
    private record Outcome(@Nullable Event event, String why) {
        private static Outcome failed(String why) {
            return new Outcome(null, why);
        }

        private Event event(Work step) {
            for (int tries = 1;; tries++) {
                try {
                    return event == null ? step.failed(why) : event;
                } catch (VirtualMachineError e) {
                    Survival.outlast(e, tries);
                }
            }
        }
    }

    private static Outcome outcome(Work step, StepDeadline deadline) {
        try {
            return new Outcome(step.run(deadline), "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failure(e);
        } catch (Throwable e) { // the application's, perhaps: without an answer the handover would stand still
            return failure(e);
        }
    }

    private static Outcome failure(Throwable why) {
        for (int tries = 1;; tries++) {
            try {
                return Outcome.failed(text(why));
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    private static String text(Throwable why) {
        if (why instanceof InterruptedException) {
            return "interrupted";
        }
        return why instanceof Exception ? OneLine.of(why) : OneLine.of(why.toString());
    }

    /// What a step began last, and when.
    private record Begun(String what, long nanos) {
    }

    private final class Running implements StepDeadline {
        private final String name;
        private final Work step;
        private final Duration limit;
        private volatile Begun latest;
        private @Nullable Thread thread;
        private Timers.@Nullable Handle timer;
        private volatile boolean over;
        private final Runnable arrival = this::finish;
        private final Runnable departure = this::depart;
        private volatile @Nullable Outcome outcome;

        private Running(String name, Work step, Duration limit) {
            this.name = name;
            this.step = step;
            this.limit = limit;
            this.latest = new Begun(name, nanoTime());
        }

        /// There may be a thread soon when there is none now: the step has until its limit.
        private void start() {
            if (over) {
                return;
            }
            try {
                Thread made = Thread.ofPlatform().daemon().name("ecdysis-" + name).unstarted(this::run);
                made.start();
                thread = made;
            } catch (OutOfMemoryError e) { // the limit of threads is reported as this
                SafeLog.log(LOG, "no thread can be started yet for", name, e);
                loop.schedule(WITHOUT_THREADS, this::start);
            }
        }

        /// An answer that is lost for want of memory would make the step one that outlasted its limit.
        private void run() {
            while (Survival.isScarce() && !over) {
                Survival.pause(); // a class that is first used without memory could never be used again
            }
            outcome = outcome(step, this);
            Survival.insist(departure);
        }

        @Override
        public void begin(String what) throws StepException {
            pass();
            latest = new Begun(name + " of " + what, nanoTime());
        }

        private void watch(Duration left) {
            timer = loop.schedule(left, this::look);
        }

        /// Only the latest counts; what came before it was done in time.
        private void look() {
            Begun now = latest;
            Duration left = limit.minusNanos(nanoTime() - now.nanos());
            if (left.isPositive()) {
                watch(left);
            } else {
                expire(now.what());
            }
        }

        @Override
        public boolean isTooLate() {
            return over;
        }

        private void forget() {
            over = true;
            if (timer != null) {
                timer.cancel();
            }
        }

        private void depart() {
            loop.execute(arrival);
        }

        private void finish() {
            Outcome known = outcome;
            if (!over && known != null) {
                forget();
                tell(known);
            }
        }

        /// The loop's thread stays here until it is told: nobody would tell it later.
        private void tell(Outcome outcome) {
            Event told = outcome.event(step);
            for (int tries = 1;; tries++) {
                try {
                    events.post(told);
                    return;
                } catch (VirtualMachineError e) {
                    Survival.outlast(e, tries);
                }
            }
        }

        private void expire(String what) {
            if (!over) {
                Thread begun = thread;
                Outcome expired = Outcome.failed(begun == null
                        ? "no thread could be started for " + what + " within " + limit.toMillis()
                                + " ms; raise the limit of threads (ulimit -u, TasksMax=, pids.max)"
                        : what + " took longer than " + limit.toMillis() + " ms");
                if (begun != null) {
                    unfinished.add(begun);
                }
                over = true;
                if (begun != null) {
                    begun.interrupt();
                }
                tell(expired);
            }
        }
    }
}
