package dev.ecdysis.internal.drain;

import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.SockAddr;
import dev.ecdysis.internal.registry.AcceptedSockets;
import dev.ecdysis.internal.resources.OwnedResources;
import dev.ecdysis.internal.thread.Survival;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The connections of acceptors of the application's that nothing of its counts: without this they would be cut in silence
/// when the process ends. The kernel knows them. Looked for during a drain only, on a thread of its own.
final class UncountedConnections {
    private static final System.Logger LOG = Log.of(UncountedConnections.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    /// A process with ten thousand connections must not spend its drain with counting them.
    private static final int SHARE = 20;

    private final Survival survival = new Survival(LOG, "counting connections");
    private final AcceptedSockets sockets;
    private final OwnedResources owned;
    private List<ManagedListener> listeners = List.of();
    private volatile Count latest = Count.UNKNOWN;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean over;
    private @Nullable Thread thread;

    /// @param number which question it answers
    /// @param left of each listener; empty when it is not known
    private record Count(int number, List<Long> left, String why) {
        private static final Count UNKNOWN = new Count(-1, List.of(), "");
    }

    UncountedConnections(Posix posix, OwnedResources owned) {
        this.sockets = new AcceptedSockets(posix);
        this.owned = owned;
    }

    /// @param onChange called on another thread, after each look
    void begin(Runnable onChange) {
        listeners = owned.listeners().stream()
                .filter(listener -> listener.hasForeignAcceptor() && listener.drainable().isEmpty()).toList();
        if (listeners.isEmpty()) {
            return;
        }
        thread = Thread.ofPlatform().daemon().name("ecdysis-count").unstarted(() -> run(onChange));
        thread.start();
    }

    private void run(Runnable onChange) {
        while (!over) {
            try {
                if (survival.hasMemory()) {
                    lookAndTell(onChange);
                } else {
                    Survival.pause();
                }
            } catch (Throwable e) { // nobody else counts
                survival.failed(e);
            }
        }
    }

    private void lookAndTell(Runnable onChange) {
        long begun = System.nanoTime();
        look();
        onChange.run();
        long took = System.nanoTime() - begun;
        if (latest.number() == asked.get()) {
            LockSupport.parkNanos(this, Math.max(INTERVAL.toNanos(), SHARE * took));
        }
    }

    private void look() {
        int number = asked.get();
        try {
            List<SockAddr> addresses = new ArrayList<>();
            listeners.forEach(listener -> addresses.add(listener.sockets().local()));
            List<Long> left = new ArrayList<>();
            for (long one : sockets.count(addresses)) {
                left.add(one);
            }
            latest = new Count(number, List.copyOf(left), "");
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            if (latest.why().isEmpty()) {
                LOG.log(System.Logger.Level.WARNING,
                        "the connections of an acceptor without a Drainable cannot be counted,"
                                + " so the drain goes on until they can, or to its deadline",
                        e);
            }
            latest = new Count(number, List.of(), "cannot be counted");
        }
    }

    /// What was counted before something that has happened by now does not count.
    void askAnew() {
        asked.incrementAndGet();
        LockSupport.unpark(thread);
    }

    /// Now, for the end of the drain.
    void count() {
        if (!listeners.isEmpty()) {
            look();
        }
    }

    void end() {
        over = true;
        LockSupport.unpark(thread);
    }

    /// Nobody knows yet that there are none: then it is one.
    long remaining() {
        if (listeners.isEmpty()) {
            return 0;
        }
        Count count = latest;
        long sum = 0;
        for (long one : count.left()) {
            sum += one;
        }
        return sum == 0 && (count.number() != asked.get() || count.left().isEmpty()) ? 1 : sum;
    }

    /// A line for each listener that has some, as in [DrainWatch#waitsFor()].
    List<String> waitsFor() {
        Count count = latest;
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < listeners.size(); i++) {
            String name = listeners.get(i).name();
            if (count.left().isEmpty()) {
                lines.add(name + ": connections that are not counted yet");
            } else if (count.left().get(i) > 0) {
                lines.add(name + ": " + count.left().get(i));
            }
        }
        return lines;
    }
}
