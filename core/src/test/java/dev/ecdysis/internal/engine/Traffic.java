package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// One client that connects again and again, each time after it was answered, and remembers who answered.
final class Traffic implements AutoCloseable {
    private static final long PAUSE_NANOS = 2_000_000;

    private final InetSocketAddress address;
    private final List<Integer> generations = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final List<String> dropped = new ArrayList<>();
    private final Thread thread = Thread.ofPlatform().name("traffic").unstarted(this::run);
    private volatile boolean ending;

    Traffic(InetSocketAddress address) {
        this.address = address;
        thread.start();
    }

    /// Asks once at least: an upgrade that fails at once is over before this thread runs.
    private void run() {
        do {
            try {
                remember(Answer.from(address).generation());
            } catch (ConnectException e) {
                refused.add(String.valueOf(e));
            } catch (IOException e) {
                dropped.add(String.valueOf(e));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        } while (!ending);
    }

    private void remember(int generation) {
        if (generations.isEmpty() || generations.getLast() != generation) {
            generations.add(generation);
        }
    }

    @Override
    public void close() {
        end();
    }

    /// Returns when the last answer is in.
    void end() {
        ending = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the test is being given up", e);
        }
    }

    /// To be asked after the end. Two owners would take turns: more than there and back is one too many.
    ///
    /// @param killed whether a successor that had accepted may have been killed, which drops what it just accepted
    void check(String during, boolean killed) {
        assertThat(refused).as("refused: " + during).isEmpty();
        assertThat(dropped).as("dropped: " + during).hasSizeLessThanOrEqualTo(killed ? 1 : 0);
        assertThat(generations.size()).as("who answered: " + generations + ", " + during).isBetween(1, 3);
    }
}
