package dev.ecdysis.examples;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Ends the connections that stay idle during a drain: none for as long as the grace lasts, then one after
/// the other over half as long again.
///
/// Most clients send a request within the grace, learn from `Connection: close` that it was the last, and
/// never notice. Only for the others is there the chance that a request crosses the end of the connection; it
/// is small, and does not hit all of them at the same instant.
final class IdleCloser {
    /// Those whose turn comes within this time are closed together.
    private static final long TOGETHER_NANOS = 50_000_000;

    private static final long NOTHING_TO_DO_NANOS = Duration.ofDays(1).toNanos();

    private final long graceNanos;
    private final Set<IdleState> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;
    private boolean changed;

    IdleCloser(Duration grace) {
        graceNanos = grace.toNanos();
    }

    void add(IdleState connection) {
        connections.add(connection);
        waits();
    }

    /// A connection waits for a request by now.
    void waits() {
        if (draining) {
            wake();
        }
    }

    private synchronized void wake() {
        changed = true;
        notifyAll();
    }

    void remove(IdleState connection) {
        connections.remove(connection);
    }

    int size() {
        return connections.size();
    }

    /// How many of them wait for a request.
    long idle() {
        return connections.stream().filter(IdleState::isIdle).count();
    }

    boolean isDraining() {
        return draining;
    }

    /// Begins the drain.
    void announce() {
        draining = true;
        Thread.ofPlatform().daemon().name("idle-closer").start(this::run);
    }

    private void run() {
        long begin = System.nanoTime();
        try {
            // Until the process ends: what is accepted last, and what becomes idle last, is closed as well.
            while (!Thread.currentThread().isInterrupted()) {
                await(sweep(System.nanoTime() - begin));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void await(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; !changed && left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        changed = false;
    }

    /// Closes those whose turn it is. One that has a request under way says when it [waits][#waits()] again.
    ///
    /// @param elapsed since the drain began, in nanoseconds
    /// @return in how many nanoseconds the next turn comes; a day when there is none
    long sweep(long elapsed) {
        long next = NOTHING_TO_DO_NANOS;
        for (IdleState connection : connections) {
            long left = graceNanos + (long) (graceNanos * 0.5 * connection.turn()) - elapsed;
            if (left <= 0) {
                close(connection);
            } else {
                next = Math.min(next, Math.max(left, TOGETHER_NANOS));
            }
        }
        return next;
    }

    private static void close(IdleState connection) {
        try {
            connection.closeIfIdle();
        } catch (IOException e) {
            // It ended by itself.
        }
    }
}
