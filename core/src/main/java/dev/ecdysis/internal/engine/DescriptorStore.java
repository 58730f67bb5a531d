package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.process.NotifySocket;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.registry.Keeper;
import dev.ecdysis.internal.resources.OwnedResources;
import dev.ecdysis.internal.wire.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Has the service manager hold the listening sockets too, so that they survive a crash: its
/// [file descriptor store](https://systemd.io/FILE_DESCRIPTOR_STORE/). Whoever it starts next gets them from it.
///
/// All is said again once it is certain that the manager takes this process for the main one: nobody else may, and no answer
/// comes. The manager knows a socket that it has, so it never has one twice. On the loop's thread.
final class DescriptorStore {
    private static final System.Logger LOG = Log.of(DescriptorStore.class);
    private static final Duration PAUSE = Duration.ofMillis(50);
    /// With that pause: 5 s.
    private static final int MOST_TRIES = 100;
    /// What a manager takes to see that a main process has ended, or to read who is the next.
    private static final Duration LATER = Duration.ofSeconds(1);

    private final NotifySocket socket;
    private final EventLoop loop;
    private final OwnedResources owned;
    private final boolean wanted;
    private final Set<String> known;
    private @Nullable Set<String> outdated;
    private Timers.@Nullable Handle next;
    private boolean begun;

    /// @param wanted whether this version stores its listeners
    /// @param known the names of what is stored already, by earlier generations
    DescriptorStore(NotifySocket socket, EventLoop loop, OwnedResources owned, boolean wanted, Set<String> known) {
        this.socket = socket;
        this.loop = loop;
        this.owned = owned;
        this.wanted = wanted;
        this.known = Set.copyOf(known);
    }

    /// In generation 0, which the manager has started.
    void store() {
        begun = true;
        attempt(1);
    }

    /// In a successor that is on its own: soon the manager knows it.
    void storeSoon() {
        begun = true;
        storeAgain();
    }

    /// When an older process has ended, which may have been the main one. Until a successor is on its own its listeners are
    /// its predecessor's to store.
    void storeAgain() {
        if (begun) {
            close();
            next = loop.schedule(LATER, () -> attempt(1));
        }
    }

    /// Nothing is stored any more: this process does not serve on.
    void end() {
        begun = false;
        close();
    }

    void close() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private void attempt(int count) {
        close();
        try {
            if (tell()) {
                return;
            }
            if (count < MOST_TRIES) {
                next = loop.schedule(PAUSE, () -> attempt(count + 1));
                return;
            }
            LOG.log(System.Logger.Level.WARNING, "the listeners are not stored: the service manager at " + socket
                    + " does not read; look after it");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the listeners are not stored: " + e.getMessage());
        }
    }

    /// @return false when something is left to be said
    private boolean tell() throws IOException {
        Set<String> remove = outdated;
        if (remove == null) {
            remove = outdated();
            outdated = remove;
        }
        for (String name : remove) {
            if (!socket.send("FDSTOREREMOVE=1\nFDNAME=" + name)) {
                return false;
            }
        }
        for (ManagedListener listener : owned.listeners()) {
            if (wanted && !listener.sockets().isUnits() && !isStored(listener)) {
                return false;
            }
        }
        return true;
    }

    /// What no listener has any more, or has another socket for. Known before anything is stored anew under the same name.
    private Set<String> outdated() {
        Set<String> names = new TreeSet<>(known);
        if (wanted) {
            for (ManagedListener listener : owned.listeners()) {
                Optional<Keeper> keeper = listener.sockets().keeper();
                if (keeper.isPresent() && keeper.get().stores(listener.name())) {
                    names.remove(keeper.get().name());
                }
            }
        }
        return names;
    }

    private boolean isStored(ManagedListener listener) throws IOException {
        BoundSockets sockets = listener.sockets();
        Keeper keeper = Keeper.store(listener.name());
        List<Fd> all = sockets.sockets();
        for (int from = 0; from < all.size(); from += Limits.DESCRIPTORS) {
            List<Fd> some = all.subList(from, Math.min(from + Limits.DESCRIPTORS, all.size()));
            for (Fd one : some) {
                if (!one.isOpen()) {
                    return true; // the server stops
                }
            }
            // A listening socket never hangs up; what the manager watches all the same only costs it time.
            if (!socket.send("FDSTORE=1\nFDNAME=" + keeper.name() + "\nFDPOLL=0", some)) {
                return false;
            }
            sockets.keptBy(keeper);
        }
        return true;
    }
}
