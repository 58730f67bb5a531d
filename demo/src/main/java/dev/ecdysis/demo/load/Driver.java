package dev.ecdysis.demo.load;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/// The loop of a load: what has come first, then what is due, then what has taken too long. One thread does
/// it all, so nothing here is shared but the counters.
final class Driver implements AutoCloseable {
    /// How late the end of patience may be noticed; requests wake the selector by the [Metronome].
    private static final long SELECT_MILLIS = 20;
    private static final int READ_BYTES = 64 * 1024;

    private final SocketAddress target;
    private final Schedule schedule;
    private final Selector selector;
    private final Recorder recorder;
    private final long startNanos;
    private final Map<Mode, Lane> lanes = new EnumMap<>(Mode.class);
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    private volatile boolean stopped;
    private long next;

    Driver(LoadPlan plan, Schedule schedule, Selector selector, Recorder recorder, long startNanos) {
        target = plan.target();
        this.schedule = schedule;
        this.selector = selector;
        this.recorder = recorder;
        this.startNanos = startNanos;
        for (Mode mode : Mode.values()) {
            lanes.put(mode, new Lane(mode, plan, selector, recorder, startNanos));
        }
    }

    /// Sends nothing more; what is under way still gets its outcome.
    void stop() {
        stopped = true;
        selector.wakeup();
    }

    /// Runs until every request has its outcome.
    LoadReport run() throws IOException {
        while (!isDone()) {
            selector.select(this::ready, SELECT_MILLIS);
            addDue();
            for (Lane lane : lanes.values()) {
                lane.sendPending();
                lane.expire(now());
            }
        }
        return recorder.report(Duration.ofNanos(now()));
    }

    /// Closes every connection that is left; those carry no request, unless the load failed as a whole.
    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            ((Connection) key.attachment()).close();
        }
        selector.close();
    }

    private void ready(SelectionKey key) {
        ((Connection) key.attachment()).ready(target, buffer);
    }

    private void addDue() {
        long now = now();
        while (!stopped && next < schedule.count() && schedule.due(next) <= now) {
            long due = schedule.due(next);
            recorder.noticed(now - due);
            lane(schedule.mode(next)).add(due);
            next++;
        }
    }

    private boolean isDone() {
        return (stopped || next >= schedule.count()) && lanes.values().stream().allMatch(Lane::isDone);
    }

    private Lane lane(Mode mode) {
        Lane lane = lanes.get(mode);
        if (lane == null) {
            throw new AssertionError(mode);
        }
        return lane;
    }

    private long now() {
        return System.nanoTime() - startNanos;
    }
}
