package dev.ecdysis.examples;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Ends the connections that stay idle during a drain: none for as long as the grace lasts, then one after
/// the other over half as long again.
///
/// Most clients send a request within the grace, learn from `Connection: close` that it was the last, and
/// never notice. Only for the others is there the chance that a request crosses the end of the connection; it
/// is small, and does not hit all of them at the same instant.
final class IdleCloser {
    private static final Duration TICK = Duration.ofMillis(50);

    private final long graceNanos;
    private final Set<IdleState> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    IdleCloser(Duration grace) {
        graceNanos = grace.toNanos();
    }

    void add(IdleState connection) {
        connections.add(connection);
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
                Thread.sleep(TICK);
                sweep(System.nanoTime() - begin);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// @param elapsed since the drain began, in nanoseconds
    void sweep(long elapsed) {
        for (IdleState connection : connections) {
            if (elapsed >= graceNanos + (long) (graceNanos * 0.5 * connection.turn())) {
                close(connection);
            }
        }
    }

    private static void close(IdleState connection) {
        try {
            connection.closeIfIdle();
        } catch (IOException e) {
            // It ended by itself.
        }
    }
}
