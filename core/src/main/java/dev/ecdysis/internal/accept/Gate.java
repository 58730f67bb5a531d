package dev.ecdysis.internal.accept;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Whether an acceptor may accept.
///
/// Closing it waits for the one accept that may be under way, and for no thread to wake up: at a cutover connections
/// wait as long as that takes. Whoever accepts is inside from before he asks whether the gate is open until the
/// connection is counted. So once the gate is closed, both the accepts and the count are complete.
///
/// Thread-safe.
final class Gate {
    private final ReentrantLock inside = new ReentrantLock();
    // Volatile, so that whoever goes in again and again gives way to the one that closes.
    private volatile boolean open;

    boolean isOpen() {
        return open;
    }

    void open() {
        open = true;
    }

    /// When this returns true nobody accepts, and nobody will; false when somebody still did after that time.
    boolean close(Duration atMost) throws InterruptedException {
        open = false;
        if (!inside.tryLock(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        inside.unlock();
        return true;
    }

    void enter() {
        inside.lock();
    }

    void leave() {
        inside.unlock();
    }
}
