package dev.ecdysis.examples;

import dev.ecdysis.spi.HealthCheck;
import java.util.concurrent.atomic.LongAdder;

/// Finds out whether this version only accepts or answers too: unhealthy when something was received and
/// nothing has been answered for a second. It sees real requests alone, so a server that nobody asks is
/// healthy.
final class Traffic implements HealthCheck {
    private static final long LONGEST_SILENCE_NANOS = 1_000_000_000;

    private final boolean watched;
    private final LongAdder received = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private long answeredBefore;
    private long silentSince;
    private boolean silent;

    /// @param watched whether anybody asks; if not, counting would be in vain
    Traffic(boolean watched) {
        this.watched = watched;
    }

    void received() {
        if (watched) {
            received.increment();
        }
    }

    void answered() {
        if (watched) {
            answered.increment();
        }
    }

    @Override
    public void check() throws UnhealthyException {
        check(System.nanoTime());
    }

    synchronized void check(long now) throws UnhealthyException {
        long answers = answered.sum();
        long waiting = received.sum() - answers;
        if (waiting <= 0 || answers != answeredBefore) {
            answeredBefore = answers;
            silent = false;
        } else if (!silent) {
            silent = true;
            silentSince = now;
        } else if (now - silentSince >= LONGEST_SILENCE_NANOS) {
            throw new UnhealthyException(waiting + " accepted and none answered for 1 s");
        }
    }

    /// What a health check says by throwing.
    static final class UnhealthyException extends Exception {
        private static final long serialVersionUID = 1L;

        UnhealthyException(String message) {
            super(message);
        }
    }
}
