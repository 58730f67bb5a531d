package dev.ecdysis.internal.handover;

import java.util.PriorityQueue;

/// Virtual time in microseconds, and what is due when.
final class Agenda {
    static final long MILLISECOND = 1_000;
    static final long SECOND = 1_000 * MILLISECOND;

    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private long now;
    private long order;

    long now() {
        return now;
    }

    void in(long delay, Runnable task) {
        at(now + delay, task);
    }

    void at(long time, Runnable task) {
        entries.add(new Entry(Math.max(time, now), order++, task));
    }

    boolean runNext() {
        Entry next = entries.poll();
        if (next == null) {
            return false;
        }
        now = next.time;
        next.task.run();
        return true;
    }

    private record Entry(long time, long order, Runnable task) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return time == other.time ? Long.compare(order, other.order) : Long.compare(time, other.time);
        }
    }
}
