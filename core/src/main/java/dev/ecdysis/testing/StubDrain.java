package dev.ecdysis.testing;

import dev.ecdysis.internal.accept.DrainNotice;
import dev.ecdysis.internal.accept.DrainableCalls;
import dev.ecdysis.spi.Drainable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/// Waits until nothing is left, and cuts off what is at the deadline.
final class StubDrain {
    /// How often drainables are asked that do not say themselves that they are done: a test has no second to lose.
    private static final Duration ASK = Duration.ofMillis(10);
    /// How long handlers whose connections were closed have to notice.
    private static final Duration AFTER_CUT_OFF = Duration.ofSeconds(1);

    private final List<StubListener> listeners;
    private final List<Drainable> drainables;
    private final Duration deadline;
    private final Semaphore changed = new Semaphore(0);
    private volatile boolean over;
    private volatile boolean given;

    StubDrain(List<StubListener> listeners, List<Drainable> drainables, Duration deadline) {
        this.listeners = listeners;
        this.drainables = drainables;
        this.deadline = deadline;
    }

    /// Announces the end, and goes on in the background.
    ///
    /// @param onFinished called once, with how many connections were cut off; not after [#giveUp()]
    void begin(LongConsumer onFinished) {
        DrainNotice notice = new DrainNotice(deadline, changed::release);
        boolean ask = !drainables.stream().allMatch(DrainableCalls::signals);
        drainables.forEach(drainable -> DrainableCalls.drain(drainable, notice));
        listeners.forEach(listener -> listener.onEmpty(changed::release));
        Thread.ofVirtual().name("stub-drain").start(() -> {
            try {
                run(notice, ask, onFinished);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    void endNow() {
        over = true;
        changed.release();
    }

    /// The stub was closed: nobody waits for the end any more.
    void giveUp() {
        given = true;
        endNow();
    }

    private void run(DrainNotice notice, boolean ask, LongConsumer onFinished) throws InterruptedException {
        long cutOff = 0;
        boolean empty = remaining() == 0;
        while (!empty && !over && !notice.timeLeft().isZero()) {
            await(notice.timeLeft(), ask);
            empty = remaining() == 0;
        }
        if (!empty && !given) {
            notice.endNow();
            cutOff = cutOffRest();
            long begun = System.nanoTime();
            while (remaining() > 0 && !given && System.nanoTime() - begun < AFTER_CUT_OFF.toNanos()) {
                await(ASK, true);
            }
        }
        if (!given) {
            onFinished.accept(cutOff);
        }
    }

    private void await(Duration atMost, boolean ask) throws InterruptedException {
        long nanos = ask ? Math.min(ASK.toNanos(), atMost.toNanos()) : atMost.toNanos();
        if (changed.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            changed.drainPermits();
        }
    }

    private long cutOffRest() {
        long cutOff = remaining();
        listeners.forEach(StubListener::cutOff);
        drainables.forEach(DrainableCalls::cutOff);
        return cutOff;
    }

    private long remaining() {
        return listeners.stream().mapToLong(StubListener::connections).sum()
                + drainables.stream().mapToLong(DrainableCalls::remaining).sum();
    }
}
