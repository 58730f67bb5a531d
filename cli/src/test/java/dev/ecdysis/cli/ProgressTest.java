package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.status.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Progress, in lines and live.
class ProgressTest {
    private final StringWriter written = new StringWriter();
    private final AtomicLong nanos = new AtomicLong();
    private int columns = Terminal.COLUMNS_USUAL;

    private Screen screen(boolean live) {
        return new Screen(new PrintWriter(written), live, false, () -> columns);
    }

    @Test
    void aLineForEachChangeOfPhase() {
        try (PlainProgress progress = new PlainProgress(screen(false))) {
            progress.accept(Samples.step(Phase.PREFLIGHT, 0));
            progress.accept(Samples.step(Phase.SPAWNING, 40));
            progress.accept(Samples.step(Phase.INITIALISING, 460));
            progress.accept(Samples.step(Phase.INITIALISING, 900));
            progress.accept(
                    new Progress(Phase.CUTOVER, 4, OptionalLong.empty(), Duration.ofMillis(1_290), 0, "2 listeners"));
            progress.accept(Samples.step(Phase.PROBATION, 1_300));
            progress.accept(Samples.drain(1, 4_300));
        }

        assertThat(written).hasToString("""
                    0.0 s  preflight: checking whether an upgrade can work
                    0.0 s  spawning: starting generation 4
                    0.4 s  initialising: generation 4 initialises, the old one serves
                    1.2 s  cutover: handing over to generation 4 (2 listeners)
                    1.3 s  probation: generation 4 serves, on probation
                    4.3 s  draining: generation 3, 1 connection left
                """);
    }

    @Test
    void aLongDrainIsNotALineForEachConnection() {
        try (PlainProgress progress = new PlainProgress(screen(false))) {
            for (int second = 0; second < 30; second++) {
                progress.accept(Samples.drain(100 - second, second * 1_000L));
            }
            progress.accept(Samples.drain(64, 36_000));
            progress.accept(Samples.drain(64, 48_000));
        }

        assertThat(written.toString().lines()).hasSize(7)
                .endsWith("   36.0 s  draining: generation 3, 64 connections left");
    }

    @Test
    void oneLineRewrittenWhoseTimeMovesOn() {
        LiveProgress progress = new LiveProgress(screen(true), nanos::get);
        progress.accept(Samples.step(Phase.INITIALISING, 400));
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        progress.redraw();
        progress.close();
        progress.close();
        progress.redraw();
        progress.accept(Samples.step(Phase.CUTOVER, 500));

        assertThat(written.toString().split(LiveProgress.REWIND.replace("[", "\\["), -1)).containsExactly("",
                "    0.4 s  initialising: generation 4 initialises, the old one serves",
                "    2.4 s  initialising: generation 4 initialises, the old one serves", "");
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 80, 132})
    void aLiveLineNeverWraps(int width) {
        columns = width;
        LiveProgress progress = new LiveProgress(screen(true), nanos::get);
        progress.accept(new Progress(Phase.CUTOVER, 4, OptionalLong.empty(), Duration.ZERO, 0, "x".repeat(500)));
        progress.close();

        assertThat(Arrays.stream(written.toString().split("\r", -1)).mapToInt(String::length).max()
                .orElseThrow())
                .isEqualTo(width - 1 + "\u001b[K".length());
    }

    @Test
    void nothingIsErasedWhereNothingWasWritten() {
        new LiveProgress(screen(true), nanos::get).close();

        assertThat(written.toString()).isEmpty();
    }

    @Test
    void theThreadThatRedrawsEndsWithTheView() throws InterruptedException {
        ProgressView view = ProgressView.on(screen(true), System::nanoTime);
        view.accept(Samples.step(Phase.SPAWNING, 0));
        for (int tries = 0; tries < 200 && !written.toString().contains("0.2 s"); tries++) {
            Thread.sleep(10);
        }
        view.close();
        String atClose = written.toString();
        Thread.sleep(250);

        assertThat(atClose).contains("0.2 s").endsWith(LiveProgress.REWIND);
        assertThat(written).hasToString(atClose);
    }
}
