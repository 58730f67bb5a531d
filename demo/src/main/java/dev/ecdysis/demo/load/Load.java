package dev.ecdysis.demo.load;

import java.io.IOException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// A load that is being driven. The load is *open*: a request is sent when it is due, whether or not earlier
/// ones were answered, and its latency counts from when it was due. So a server that stalls is charged for
/// all who would have come meanwhile, as real users would charge it.
///
/// ```java
/// try (Load load = Load.start(LoadPlan.to(address).requestsPerSecond(2000))) {
///     upgrade();
///     load.stop();
///     assertThat(load.await().failures()).isEmpty();
/// }
/// ```
public final class Load implements AutoCloseable {
    private final Driver driver;
    private final Metronome metronome;
    private final Recorder recorder;
    private final long startNanos;
    private final CompletableFuture<LoadReport> report = new CompletableFuture<>();

    private Load(LoadPlan plan) throws IOException {
        Schedule schedule = new Schedule(plan);
        Selector selector = Selector.open();
        recorder = new Recorder();
        startNanos = System.nanoTime();
        driver = new Driver(plan, schedule, selector, recorder, startNanos);
        metronome = new Metronome(schedule, selector, startNanos);
    }

    /// Starts a load; the first request is due at once.
    ///
    /// @throws IOException when there is no descriptor left for a selector
    public static Load start(LoadPlan plan) throws IOException {
        Load load = new Load(plan);
        Thread.ofPlatform().daemon().name("load").start(load::run);
        load.metronome.start();
        return load;
    }

    /// How many requests were answered so far.
    public long answered() {
        return recorder.answered.sum();
    }

    /// How many requests were lost so far.
    public long failed() {
        return recorder.failed.sum();
    }

    /// The generation that the latest answer came from, -1 before the first and when the server does not say.
    public int generation() {
        return recorder.generation;
    }

    /// How long ago the load started: the clock of its report.
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /// Sends nothing more. What is under way still gets its outcome, within the plan's patience.
    public void stop() {
        metronome.stop();
        driver.stop();
    }

    /// Waits until every request has its outcome: without [#stop()] until the plan is carried out.
    public LoadReport await() throws InterruptedException {
        try {
            return report.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the load itself failed", e.getCause());
        }
    }

    /// Stops and waits.
    @Override
    public void close() {
        stop();
        report.handle((done, failure) -> done).join();
    }

    private void run() {
        try (driver) {
            report.complete(driver.run());
        } catch (Throwable e) {
            // An error too: whoever waits for the report must learn of it.
            report.completeExceptionally(e);
        } finally {
            metronome.stop();
        }
    }
}
