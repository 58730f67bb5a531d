package dev.ecdysis.internal.drain;

import dev.ecdysis.internal.accept.DrainNotice;
import dev.ecdysis.internal.accept.DrainableCalls;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.SafeLog;
import dev.ecdysis.internal.resources.OwnedResources;
import dev.ecdysis.spi.Drainable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// The application's drainables. They are told on threads of their own, because one that hangs must not take the loop
/// along: at the deadline this process ends, whatever they do. On the loop's thread, but for [#add] and [#left()].
final class Drainables {
    private static final System.Logger LOG = Log.of(Drainables.class);

    private final OwnedResources owned;
    private final List<Drainable> registered = new CopyOnWriteArrayList<>();
    private final Set<Drainable> told = identities();
    private final Set<Drainable> signalling = Collections.synchronizedSet(identities());

    /// What one of them has left.
    ///
    /// @param listeners whether it counts for a listener
    record Left(String name, long remaining, boolean listeners) {
    }

    Drainables(OwnedResources owned) {
        this.owned = owned;
    }

    private static Set<Drainable> identities() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    /// From any thread.
    void add(Drainable drainable) {
        registered.add(drainable);
    }

    boolean isEmpty() {
        return registered.isEmpty() && ofListeners().isEmpty();
    }

    /// One may count for several listeners, and be registered by itself as well.
    private Set<Drainable> ofListeners() {
        Set<Drainable> found = identities();
        for (ManagedListener listener : owned.listeners()) {
            listener.drainable().ifPresent(found::add);
        }
        return found;
    }

    private Set<Drainable> all() {
        Set<Drainable> all = ofListeners();
        all.addAll(registered);
        return all;
    }

    /// Tells all that do not know it yet, each on a thread of its own: one that hangs must not keep the others from being
    /// told. Again when there was no thread for one, whose clients would be cut off unwarned, or one came later.
    void tell(DrainNotice notice) {
        for (Drainable drainable : all()) {
            if (!told.contains(drainable) && start("ecdysis-drain", () -> begin(drainable, notice))) {
                told.add(drainable);
            }
        }
    }

    /// What has ended before it could signal is found by the question that follows.
    private void begin(Drainable drainable, DrainNotice notice) {
        if (DrainableCalls.signals(drainable)) {
            signalling.add(drainable);
        }
        DrainableCalls.drain(drainable, notice);
        notice.changed();
    }

    /// Whether one of them must be asked now and then, because it does not say when it is done.
    boolean mustBeAsked() {
        return !signalling.containsAll(all());
    }

    /// Asks all of them, for as long as that takes. From any thread but the loop's.
    List<Left> left() {
        List<Left> left = new ArrayList<>();
        Set<Drainable> ofListeners = ofListeners();
        for (Drainable drainable : all()) {
            long remaining = DrainableCalls.remaining(drainable);
            if (remaining > 0) {
                left.add(new Left(DrainableCalls.name(drainable), remaining, ofListeners.contains(drainable)));
            }
        }
        return left;
    }

    /// As [#tell].
    void cutOff() {
        for (Drainable drainable : all()) {
            start("ecdysis-cut-off", () -> DrainableCalls.cutOff(drainable));
        }
    }

    /// Whether there could be a thread for it; without, the drain goes on to its deadline.
    private static boolean start(String name, Runnable work) {
        try {
            Thread.ofPlatform().daemon().name(name).start(work);
            return true;
        } catch (Throwable e) { // the limit of threads is reported as an OutOfMemoryError
            SafeLog.log(LOG, "no thread can be started for", name, e);
            return false;
        }
    }
}
