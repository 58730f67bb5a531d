package dev.ecdysis.bench;

import java.time.Duration;
import java.util.Map;
import java.util.stream.LongStream;

/// How much processor time other processes use while something is measured: all but this one, what it started, and
/// the servers.
///
/// They are looked at every few seconds, so what one used between the last look and its end is missed. On its own thread,
/// which costs next to nothing.
final class Others {
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final Thread thread = Thread.ofPlatform().daemon().name("others").unstarted(this::run);
    private final long begunNanos = System.nanoTime();
    private Map<Long, Duration> before = Machine.processorTimes();
    private Duration used = Duration.ZERO;

    private Others() {
    }

    static Others watch() {
        Others others = new Others();
        others.thread.start();
        return others;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                look();
            }
        } catch (InterruptedException e) {
            // It has ended.
        }
    }

    private synchronized void look() {
        Map<Long, Duration> now = Machine.processorTimes();
        long[] own = LongStream.concat(LongStream.of(ProcessHandle.current().pid()),
                ProcessHandle.current().descendants().mapToLong(ProcessHandle::pid)).toArray();
        now.forEach((pid, time) -> {
            Duration more = time.minus(before.getOrDefault(pid, Duration.ZERO));
            if (more.isPositive() && LongStream.of(own).noneMatch(mine -> mine == pid) && !Workplace.isAnyOnes(pid)) {
                used = used.plus(more);
            }
        });
        before = now;
    }

    /// Which part of the processors' time they have used until now.
    synchronized double end() {
        thread.interrupt();
        look();
        double all = (double) (System.nanoTime() - begunNanos) * Runtime.getRuntime().availableProcessors();
        return used.toNanos() / all;
    }
}
