package dev.ecdysis.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.pump.EventQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StepRunnerTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicInteger withoutMemory = new AtomicInteger();
    private final AtomicInteger postsWithoutMemory = new AtomicInteger();
    private EventLoop loop;
    private Thread thread;
    private StepRunner steps;
    private EventQueue queue;

    @BeforeEach
    void start() throws PosixException {
        loop = new EventLoop(LinuxPosix.open());
        queue = event -> {
            if (postsWithoutMemory.getAndDecrement() > 0) {
                throw new OutOfMemoryError("on purpose");
            }
            events.add(event);
        };
        steps = new StepRunner(loop, queue);
        thread = Thread.ofPlatform().start(loop::run);
    }

    @AfterEach
    void stop() throws InterruptedException {
        loop.stop();
        thread.join();
    }

    private interface StepWork {
        Event run(StepDeadline deadline) throws Exception;
    }

    private static StepRunner.Work taking(StepWork work) {
        return new StepRunner.Work() {
            @Override
            public Event run(StepDeadline deadline) throws Exception {
                return work.run(deadline);
            }

            @Override
            public Event failed(String why) {
                return new Event.TakeFailed(why);
            }
        };
    }

    private Event next() throws InterruptedException {
        Event event = events.poll(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(event).as("an answer").isNotNull();
        return event;
    }

    @Test
    void aStepThatHangsIsInterruptedAndFailsAndItsLateResultIsIgnored() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Boolean> tooLate = new CompletableFuture<>();
        loop.execute(() -> steps.run("slow", taking(deadline -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            goOn.await();
            tooLate.complete(deadline.isTooLate());
            return new Event.Taken();
        }), Duration.ofMillis(20)));
        assertThat(next()).isEqualTo(new Event.TakeFailed("slow took longer than 20 ms"));
        interrupted.await();
        goOn.countDown();
        assertThat(tooLate.get()).isTrue();
        loop.execute(() -> steps.run("next", taking(deadline -> new Event.TakenBack()), LONG));
        assertThat(next()).isEqualTo(new Event.TakenBack());
        assertThat(events).isEmpty();
    }

    /// What follows from a failure would undo what came after the step.
    @Test
    void aStepThatFailsTooLateHasFailedOnce() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch failed = new CountDownLatch(1);
        StepRunner.Work work = taking(deadline -> {
            while (goOn.getCount() > 0) {
                Thread.interrupted();
                Thread.onSpinWait();
            }
            failed.countDown();
            throw new IOException("late");
        });
        loop.execute(() -> steps.run("slow", new StepRunner.Work() {
            @Override
            public Event run(StepDeadline deadline) throws Exception {
                return work.run(deadline);
            }

            @Override
            public Event failed(String why) {
                events.add(new Event.ReleaseFailed(why));
                return work.failed(why);
            }
        }, Duration.ofMillis(20)));
        String why = "slow took longer than 20 ms";
        assertThat(next()).isEqualTo(new Event.ReleaseFailed(why));
        assertThat(next()).isEqualTo(new Event.TakeFailed(why));
        goOn.countDown();
        failed.await();
        while (steps.isBusy()) {
            Thread.onSpinWait();
        }
        loop.execute(() -> steps.run("next", taking(deadline -> new Event.TakenBack()), LONG));
        assertThat(next()).isEqualTo(new Event.TakenBack());
        assertThat(events).isEmpty();
    }

    /// All of them together take longer than it. The limit is compared with a time that stands still unless a thing takes
    /// some, and the thing goes on when it has been.
    @Test
    void eachThingThatAStepBeginsHasTheWholeLimit() throws Exception {
        Duration limit = Duration.ofMillis(50);
        AtomicLong now = new AtomicLong();
        Semaphore looked = new Semaphore(0);
        StepRunner patient = new StepRunner(loop, queue) {
            @Override
            long nanoTime() {
                long seen = now.get();
                if (Thread.currentThread() == thread) {
                    looked.release();
                }
                return seen;
            }
        };
        loop.execute(() -> patient.run("patient", taking(deadline -> {
            for (int i = 0; i < 3; i++) {
                deadline.begin("thing " + i);
                now.addAndGet(limit.toNanos() * 3 / 5);
                looked.drainPermits();
                looked.acquire(2); // the first may have begun before
            }
            return new Event.Taken();
        }), limit));
        assertThat(next()).isEqualTo(new Event.Taken());
    }

    @Test
    void theThingThatHangsIsNamed() throws Exception {
        loop.execute(() -> steps.run("take", taking(deadline -> {
            deadline.begin("resource lock");
            deadline.begin("resource scheduler");
            new CountDownLatch(1).await();
            return new Event.Taken();
        }), Duration.ofMillis(20)));
        assertThat(next()).isEqualTo(new Event.TakeFailed("take of resource scheduler took longer than 20 ms"));
    }

    @Test
    void anErrorOfTheApplicationIsAnAnswer() throws Exception {
        loop.execute(() -> steps.run("broken", taking(deadline -> {
            throw new NoClassDefFoundError("gone");
        }), LONG));
        assertThat(next()).isInstanceOfSatisfying(Event.TakeFailed.class,
                failed -> assertThat(failed.why()).contains("gone"));
        steps.runHere(taking(deadline -> {
            throw new StackOverflowError();
        }));
        assertThat(next()).isInstanceOf(Event.TakeFailed.class);
    }

    /// Each of these would be an answer that nobody gets, and the handover would stand still.
    @Test
    void anAnswerIsNotLostForWantOfMemory() throws Exception {
        withoutMemory.set(2);
        loop.execute(() -> steps.run("untellable", taking(deadline -> {
            throw new IOException("on purpose") {
                private static final long serialVersionUID = 1;

                @Override
                public String getMessage() {
                    if (withoutMemory.getAndDecrement() > 0) {
                        throw new OutOfMemoryError("in the handler");
                    }
                    return super.getMessage();
                }
            };
        }), LONG));
        assertThat(next()).isEqualTo(new Event.TakeFailed("on purpose"));
        postsWithoutMemory.set(3);
        loop.execute(() -> steps.run("short", taking(deadline -> new Event.TakenBack()), LONG));
        assertThat(next()).isEqualTo(new Event.TakenBack());
        CountDownLatch goOn = new CountDownLatch(1);
        postsWithoutMemory.set(3);
        loop.execute(() -> steps.run("slow", taking(deadline -> {
            goOn.await();
            return new Event.Taken();
        }), Duration.ofMillis(20)));
        assertThat(next()).isEqualTo(new Event.TakeFailed("slow took longer than 20 ms"));
        goOn.countDown();
        assertThat(events).isEmpty();
    }

    @Test
    void whyAStepFailedIsOneShortLine() throws Exception {
        String why = "first\nsecond " + "x".repeat(2 << 20);
        steps.runHere(taking(deadline -> {
            throw new IOException(why);
        }));
        assertThat(next()).isEqualTo(new Event.TakeFailed(OneLine.of(why)));
        steps.runHere(taking(deadline -> {
            throw new AssertionError(why);
        }));
        assertThat(next()).isEqualTo(new Event.TakeFailed(OneLine.of(AssertionError.class.getName() + ": " + why)));
    }
}
