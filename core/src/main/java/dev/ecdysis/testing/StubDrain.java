package dev.ecdysis.testing;

import dev.ecdysis.internal.accept.CarefulDrainable;
import dev.ecdysis.spi.Drainable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/// Waits until nothing is left, and cuts off what is at the deadline.
final class StubDrain {
    /// Drainables have no way to say that they are done, so they are asked.
    private static final Duration ASK = Duration.ofMillis(10);
    /// How long handlers whose connections were closed have to notice.
    private static final Duration AFTER_CUT_OFF = Duration.ofSeconds(1);

    private final List<StubListener> listeners;
    private final List<Drainable> drainables;
    private final Duration deadline;
    private final CompletableFuture<Boolean> endNow = new CompletableFuture<>();
    private final CompletableFuture<Boolean> given = new CompletableFuture<>();

    StubDrain(List<StubListener> listeners, List<Drainable> drainables, Duration deadline) {
        this.listeners = listeners;
        this.drainables = drainables;
        this.deadline = deadline;
    }

    /// Announces the end, and goes on in the background.
    ///
    /// @param onFinished called once, with how many connections were cut off; not after [#giveUp()]
    void begin(LongConsumer onFinished) {
        drainables.forEach(CarefulDrainable::announce);
        Thread.ofVirtual().name("stub-drain").start(() -> {
            try {
                run(onFinished);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    void endNow() {
        endNow.complete(true);
    }

    /// The stub was closed: nobody waits for the end any more.
    void giveUp() {
        given.complete(true);
        endNow();
    }

    private void run(LongConsumer onFinished) throws InterruptedException {
        long cutOff = 0;
        if (!emptyWithin(deadline, endNow) && !given.isDone()) {
            cutOff = cutOffRest();
            emptyWithin(AFTER_CUT_OFF, given);
        }
        if (!given.isDone()) {
            onFinished.accept(cutOff);
        }
    }

    private boolean emptyWithin(Duration atMost, CompletableFuture<Boolean> sooner) throws InterruptedException {
        long begun = System.nanoTime();
        boolean empty = remaining() == 0;
        boolean more = true;
        while (!empty && more && System.nanoTime() - begun < atMost.toNanos()) {
            more = !Waiting.on(sooner, ASK);
            empty = remaining() == 0;
        }
        return empty;
    }

    private long cutOffRest() {
        long cutOff = remaining();
        listeners.forEach(StubListener::cutOff);
        drainables.forEach(CarefulDrainable::cutOff);
        return cutOff;
    }

    private long remaining() {
        return listeners.stream().mapToLong(StubListener::connections).sum()
                + drainables.stream().mapToLong(CarefulDrainable::remaining).sum();
    }
}
