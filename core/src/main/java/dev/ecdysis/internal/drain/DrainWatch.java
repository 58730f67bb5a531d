package dev.ecdysis.internal.drain;

import dev.ecdysis.internal.accept.DrainNotice;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.resources.OwnedResources;
import dev.ecdysis.spi.Drainable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Waits for established connections to end, tells how many are left, and cuts them off at the deadline.
public final class DrainWatch {
    /// How often whoever waits hears of it, and drainables are asked that do not say themselves that they are done.
    private static final Duration TELL = Duration.ofSeconds(1);
    /// How long handlers whose connections were closed have to notice.
    private static final Duration AFTER_CUT_OFF = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final OwnedResources owned;
    private final Drainables drainables;
    private final UncountedConnections uncounted;
    private final Remaining remaining;
    private @Nullable Drain drain;
    private @Nullable DrainNotice notice;
    private boolean finished;
    private boolean queuesServed;
    private boolean cut;
    /// Whether nothing but what drainables may have is left, and they have been asked since.
    private boolean confirming;
    private long cutOff;

    /// What a drain is told at its beginning.
    ///
    /// @param othersGone whether the processes that this one must outlive are gone
    /// @param onProgress called about once a second
    /// @param onFinished called once, with how many connections were cut off
    public record Drain(BooleanSupplier othersGone, Runnable onProgress, LongConsumer onFinished) {
    }

    public DrainWatch(Posix posix, EventLoop loop, OwnedResources owned) {
        this.loop = loop;
        this.owned = owned;
        this.drainables = new Drainables(owned);
        this.uncounted = new UncountedConnections(posix, owned);
        this.remaining = new Remaining(loop, drainables, this::check);
    }

    public void add(Drainable drainable) {
        drainables.add(drainable);
    }

    public void begin(Duration deadline, Drain begun) {
        drain = begun;
        DrainNotice told = new DrainNotice(deadline, remaining::changed);
        notice = told;
        // First: whatever the application does below, this process ends.
        loop.schedule(deadline, this::cutOffRest);
        owned.listeners().forEach(listener -> listener.onDrained(() -> loop.execute(this::check)));
        drainables.tell(told);
        uncounted.begin(() -> loop.execute(this::check));
        remaining.refreshed(() -> tell(begun, told));
    }

    private void tell(Drain begun, DrainNotice told) {
        if (!finished) {
            drainables.tell(told);
            begun.onProgress().run();
            if (drainables.mustBeAsked()) {
                remaining.ask();
            }
            check(); // whoever ended without memory could not say so
            loop.schedule(TELL, () -> tell(begun, told));
        }
    }

    /// Goes on once [#remaining()] tells what is left from now on, as far as the application says so in time.
    public void refreshed(Runnable then) {
        remaining.refreshed(then);
    }

    /// Something may have ended.
    public void check() {
        Drain begun = drain;
        // The queues first: what is accepted from one between the two looks is a connection in the second.
        if (begun == null || finished || !queuesServed()) {
            return;
        }
        if (connections() + uncounted.remaining() > 0 || !begun.othersGone().getAsBoolean()) {
            confirming = false;
        } else if (drainables.isEmpty() || (confirming && remaining.isNothing())) {
            finish(begun);
        } else if (!confirming) {
            // What they said while there still were others may not be so any more.
            confirming = true;
            remaining.askAnew();
        }
    }

    private boolean queuesServed() {
        boolean served = owned.listeners().stream().allMatch(ManagedListener::queueServed);
        if (served && !queuesServed) {
            queuesServed = true;
            uncounted.askAnew();
        }
        return served;
    }

    /// Ends the drain at once.
    public void cutOffRest() {
        Drain begun = drain;
        DrainNotice told = notice;
        if (begun == null || told == null || finished || cut) {
            return;
        }
        // First: whatever fails below, this process ends.
        loop.schedule(AFTER_CUT_OFF, () -> finish(begun));
        cut = true;
        told.endNow();
        remaining.refreshed(this::closeRest);
    }

    private void closeRest() {
        uncounted.count();
        cutOff = remaining();
        owned.listeners().forEach(ManagedListener::cutOff);
        drainables.cutOff();
        check();
    }

    /// The engine closes, however far this has come.
    public void close() {
        uncounted.end();
    }

    private void finish(Drain begun) {
        if (!finished) {
            finished = true;
            uncounted.end();
            begun.onFinished().accept(cutOff);
        }
    }

    /// How many connections have not ended.
    public long remaining() {
        long sum = connections();
        long others = 0;
        for (Drainables.Left left : remaining.known()) {
            if (left.listeners()) {
                sum += left.remaining();
            } else {
                others += left.remaining();
            }
        }
        // Nobody knows whether what counts for no listener counts what the kernel does.
        return sum + Math.max(others, uncounted.remaining());
    }

    private long connections() {
        long sum = 0;
        for (ManagedListener listener : owned.listeners()) {
            sum += listener.connections();
        }
        return sum;
    }

    /// What is not done yet, such as `http: 3`.
    public List<String> waitsFor() {
        List<String> lines = new ArrayList<>();
        for (ManagedListener listener : owned.listeners()) {
            if (listener.connections() > 0) {
                lines.add(listener.name() + ": " + listener.connections());
            } else if (drain != null && !listener.queueServed()) {
                lines.add(listener.name() + ": its accept queue");
            }
        }
        lines.addAll(uncounted.waitsFor());
        for (Drainables.Left left : remaining.known()) {
            lines.add(left.name() + ": " + left.remaining());
        }
        return lines;
    }
}
