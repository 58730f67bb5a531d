package dev.ecdysis.it.program;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.LockSupport;

/// What an application may do with threads that are not its own: it keeps all carriers of virtual threads, or all threads
/// of the common pool, until it is told to let them go.
final class Seizure {
    /// More than the common pool may start.
    private static final int TASKS = 300;
    private static volatile boolean over;

    private Seizure() {
    }

    /// Returns when it has them all.
    static void begin(String how, Gates gates) throws InterruptedException {
        Thread.ofPlatform().daemon().name("seizure").start(() -> awaitEnd(gates));
        switch (how) {
            case "spins" -> onEachCarrier(Seizure::spin);
            case "pins" -> onEachCarrier(Pinned::load);
            case "fills-pool" -> fillPool();
            default -> throw new IllegalArgumentException(how);
        }
        Program.say("seized by " + how + " pid=" + ProcessHandle.current().pid());
    }

    private static void awaitEnd(Gates gates) {
        try {
            gates.awaitOrder("let-threads-go");
            over = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void onEachCarrier(Runnable action) throws InterruptedException {
        int carriers = Integer.getInteger("jdk.virtualThreadScheduler.parallelism");
        CountDownLatch begun = new CountDownLatch(carriers);
        for (int i = 0; i < carriers; i++) {
            Thread.ofVirtual().name("seizes").start(() -> {
                begun.countDown();
                action.run();
            });
        }
        begun.await();
    }

    private static void spin() {
        while (!over) {
            Thread.onSpinWait();
        }
    }

    private static void park() {
        while (!over) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void fillPool() throws InterruptedException {
        int threads = ForkJoinPool.commonPool().getParallelism();
        CountDownLatch begun = new CountDownLatch(threads);
        for (int i = 0; i < TASKS; i++) {
            ForkJoinPool.commonPool().execute(() -> {
                begun.countDown();
                park();
            });
        }
        begun.await();
    }

    /// A virtual thread that waits while it initialises a class cannot leave its carrier: there is a native frame below.
    private static final class Pinned {
        private static final List<String> WAITED;

        static {
            park();
            WAITED = List.of("waited");
        }

        static void load() {
            Program.say("was pinned, and " + WAITED.getFirst());
        }
    }
}
