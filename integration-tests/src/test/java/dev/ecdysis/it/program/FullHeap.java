package dev.ecdysis.it.program;

import org.jspecify.annotations.Nullable;

/// Keeps every allocation in this process from succeeding for a while, as a request that asks for too much does.
final class FullHeap {
    private static final int LARGEST = 1 << 14;
    private static final int SMALLEST = 16;

    private FullHeap() {
    }

    /// Says when it begins, and when the memory is free again.
    static void fillWhenTold(Gates gates, long nanos) {
        long pid = ProcessHandle.current().pid();
        try {
            gates.awaitOrder("fill-" + pid);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        long pollers = pollers();
        Program.say("fills the heap pid=" + pid);
        long failures = fill(System.nanoTime() + nanos);
        System.gc();
        Program.say("the heap is free again pid=" + pid + " failures=" + failures + " pollers-lost="
                + (pollers - pollers()));
    }

    /// The JDK's threads that wake up virtual ones. They end for ever when they run out of memory.
    private static long pollers() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().contains("-Poller"))
                .count();
    }

    /// @return how many allocations have failed
    private static long fill(long until) {
        long failures = 0;
        int size = LARGEST;
        @Nullable
        Object[] all = null;
        while (System.nanoTime() - until < 0) {
            try {
                @Nullable
                Object[] more = new Object[size];
                more[0] = all;
                all = more;
            } catch (OutOfMemoryError e) {
                failures++;
                size = Math.max(SMALLEST, size / 2);
            }
        }
        return failures;
    }
}
