package dev.ecdysis.demo;

import dev.ecdysis.demo.load.Load;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What is shown while the demo runs: on a terminal one line that is rewritten five times a second, elsewhere
/// a line each second. Events, such as an upgrade that is over, get lines of their own and stay.
final class Display implements AutoCloseable {
    private static final Duration LIVE_EVERY = Duration.ofMillis(200);
    private static final Duration PLAIN_EVERY = Duration.ofSeconds(1);
    private static final String ERASE_LINE = "\r\033[2K";

    private final Screen screen;
    private final int widest;
    private final Thread ticker;
    private @Nullable Load load;
    private String phase = "";
    private boolean silent;

    Display(Screen screen) {
        this.screen = screen;
        // A line that wraps cannot be rewritten.
        widest = screen.live() ? screen.columns().getAsInt() - 1 : Integer.MAX_VALUE;
        ticker = Thread.ofPlatform().daemon().name("display").start(this::tick);
    }

    /// Shows the counts of this load from now on.
    synchronized void watch(Load started) {
        load = started;
    }

    /// Shows what is under way from now on.
    synchronized void phase(String underWay) {
        phase = underWay;
    }

    /// Says something that stays.
    synchronized void say(String line) {
        if (silent) {
            return;
        }
        if (screen.live()) {
            screen.writer().print(ERASE_LINE);
        }
        screen.writer().println(line);
        screen.writer().flush();
        if (screen.live()) {
            show();
        }
    }

    /// Shows no counts until the next load.
    synchronized void rest() {
        load = null;
        if (screen.live() && !silent) {
            screen.writer().print(ERASE_LINE);
            screen.writer().flush();
        }
    }

    /// Ends the display; nothing is shown afterwards, whoever asks.
    synchronized void end() {
        rest();
        silent = true;
        ticker.interrupt();
    }

    @Override
    public void close() {
        end();
    }

    private void tick() {
        try {
            while (true) {
                Thread.sleep(screen.live() ? LIVE_EVERY : PLAIN_EVERY);
                show();
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private synchronized void show() {
        Load watched = load;
        if (watched == null || silent) {
            return;
        }
        String line = line(watched.elapsed(), watched.answered(), watched.failed(), watched.generation(),
                phase);
        if (screen.live()) {
            String shown = line.substring(0, Math.min(line.length(), widest));
            screen.writer()
                    .print(ERASE_LINE + (watched.failed() == 0 ? screen.green(shown) : screen.red(shown)));
        } else {
            screen.writer().println(line);
        }
        screen.writer().flush();
    }

    static String line(Duration elapsed, long answered, long failed, int generation, String phase) {
        return String
                .format(Locale.ROOT, "%7s   answered %,8d   failed %,6d   generation %s   %s", Numbers.seconds(elapsed),
                        answered, failed, generation < 0 ? "-" : Integer.toString(generation), phase)
                .stripTrailing();
    }
}
