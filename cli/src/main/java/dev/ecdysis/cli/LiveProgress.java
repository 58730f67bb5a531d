package dev.ecdysis.cli;

import dev.ecdysis.status.Progress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Progress for a terminal: one line, rewritten. The server speaks only at a change, so the time is moved on
/// between its messages; a display that stands still for a minute looks like a hang.
final class LiveProgress implements ProgressView {
    /// Back to the first column, and erase to the end of the line.
    static final String REWIND = "\r\u001b[K";

    private static final int REDRAW_MILLIS = 100;
    private final Screen screen;
    private final LongSupplier nanoTime;
    /// A line that wraps cannot be rewritten.
    private final int widest;
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Progress last;
    private long lastNanos;

    LiveProgress(Screen screen, LongSupplier nanoTime) {
        this.screen = screen;
        this.nanoTime = nanoTime;
        this.widest = screen.columns().getAsInt() - 1;
    }

    /// Redraws on a thread of its own until this is closed.
    void keepMoving() {
        Thread.ofPlatform().daemon().name("ecdysis-progress").start(() -> {
            try {
                while (!closed.await(REDRAW_MILLIS, TimeUnit.MILLISECONDS)) {
                    redraw();
                }
            } catch (InterruptedException _) {
                // Nobody interrupts it; it only draws.
            }
        });
    }

    @Override
    public synchronized void accept(Progress progress) {
        last = progress;
        lastNanos = nanoTime.getAsLong();
        redraw();
    }

    synchronized void redraw() {
        Progress progress = last;
        if (progress == null || closed.getCount() == 0) {
            return;
        }
        Duration elapsed = progress.elapsed().plusNanos(nanoTime.getAsLong() - lastNanos);
        String line = ProgressText.line(progress, elapsed);
        screen.writer().print(REWIND + line.substring(0, Math.min(widest, line.length())));
        screen.writer().flush();
    }

    @Override
    public synchronized void close() {
        if (closed.getCount() == 0) {
            return;
        }
        closed.countDown();
        if (last != null) {
            screen.writer().print(REWIND);
            screen.writer().flush();
        }
    }
}
