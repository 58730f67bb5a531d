package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.LinuxPosix;
import dev.ecdysis.internal.posix.PosixException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StepRunnerTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private EventLoop loop;
    private Thread thread;
    private StepRunner steps;

    @BeforeEach
    void start() throws PosixException {
        loop = new EventLoop(LinuxPosix.open());
        steps = new StepRunner(loop, new Mailbox() {
            @Override
            public void post(Event event) {
                events.add(event);
            }

            @Override
            public void report(Event event) {
                events.add(event);
            }

            @Override
            public void answer(Event event) {
                events.add(event);
            }
        });
        thread = Thread.ofPlatform().start(loop::run);
    }

    @AfterEach
    void stop() throws InterruptedException {
        loop.stop();
        thread.join();
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
        loop.execute(() -> steps.run("slow", checkpoint -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            goOn.await();
            tooLate.complete(checkpoint.isTooLate());
            return new Event.Taken();
        }, Duration.ofMillis(20), Event.TakeFailed::new));
        assertThat(next()).isEqualTo(new Event.TakeFailed("slow took longer than 20 ms"));
        interrupted.await();
        goOn.countDown();
        assertThat(tooLate.get()).isTrue();
        loop.execute(() -> steps.run("next", checkpoint -> new Event.TakenBack(), LONG, Event.TakeFailed::new));
        assertThat(next()).isEqualTo(new Event.TakenBack());
        assertThat(events).isEmpty();
    }

    @Test
    void anErrorOfTheApplicationIsAnAnswer() throws Exception {
        loop.execute(() -> steps.run("broken", checkpoint -> {
            throw new NoClassDefFoundError("gone");
        }, LONG, Event.TakeFailed::new));
        assertThat(next()).isInstanceOfSatisfying(Event.TakeFailed.class,
                failed -> assertThat(failed.why()).contains("gone"));
        steps.runHere(checkpoint -> {
            throw new StackOverflowError();
        }, Event.ReleaseFailed::new);
        assertThat(next()).isInstanceOf(Event.ReleaseFailed.class);
    }
}
