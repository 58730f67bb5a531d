package dev.ecdysis.internal.resources;

import dev.ecdysis.Activated;
import dev.ecdysis.Address;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.NamedDescriptor.Origin;
import dev.ecdysis.internal.activation.PassedSockets;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.nio.Adoption;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.registry.SocketFactory;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// The listeners of this process by name: those that the application has, and those that it inherited and has not
/// claimed. Thread-safe.
public final class Listeners {
    private final SocketFactory factory;
    private final Adoption adoption;
    private final Duration patience;
    private final Map<String, BoundSockets> inherited = new ConcurrentSkipListMap<>();
    private final Map<String, ManagedListener> opened = new LinkedHashMap<>();
    /// Those opened, in that order: for the loop, which must not wait while a name is resolved or a socket bound.
    private volatile List<ManagedListener> all = List.of();
    /// In generation 0 only.
    private @Nullable PassedSockets passed;
    private @Nullable BoundSockets controlSocket;
    private boolean sealed;

    /// @param patience how long a call of an acceptor of the application's may take
    public Listeners(SocketFactory factory, Adoption adoption, Duration patience) {
        this.factory = factory;
        this.adoption = adoption;
        this.patience = patience;
    }

    /// The control socket is not for the application to claim.
    public synchronized void inherit(BoundSockets sockets) {
        if (sockets.control()) {
            controlSocket = sockets;
        } else {
            inherited.put(sockets.name(), sockets);
        }
    }

    /// What a service manager has passed to this process: it is claimed rather than bound.
    public synchronized void offer(PassedSockets sockets) {
        passed = sockets;
    }

    /// Claims what was inherited under that name with that address, unless its path is gone, or what a service manager has
    /// passed; else binds.
    public synchronized ManagedListener open(String name, Address address) throws EcdysisException {
        Names.check(name);
        if (sealed) {
            throw new IllegalStateException("listener " + name + ": listen before ready()");
        }
        if (opened.containsKey(name)) {
            throw new IllegalStateException("there is a listener named " + name + " already");
        }
        RelativePaths.check(name, address);
        BoundSockets known = inherited.get(name);
        ManagedListener listener;
        BoundSockets given = passed == null ? null : passed.find(name, address).orElse(null);
        if (known != null && known.isFor(address) && !known.under(address).isPathGone()) {
            listener = adopt(known.under(address), address, true);
            inherited.remove(name);
        } else if (passed != null && given != null) {
            listener = adopt(given, address, true);
            passed.claim(given);
        } else {
            listener = adopt(bind(name, address), address, false);
        }
        opened.put(name, listener);
        all = List.copyOf(opened.values());
        return listener;
    }

    /// What keeps a successor from binding may be its own predecessor, which it must not stop.
    private BoundSockets bind(String name, Address address) throws EcdysisException {
        if (address instanceof Activated wanted) {
            throw missing(name, wanted);
        }
        try {
            return factory.bind(name, address);
        } catch (EcdysisException e) {
            List<BoundSockets> theirs = new ArrayList<>(inherited.values());
            if (controlSocket != null) {
                theirs.add(controlSocket);
            }
            throw explained(e, name, address, theirs);
        }
    }

    /// Only the process that a service manager has started gets something from it.
    private EcdysisException missing(String name, Activated wanted) {
        String start = "cannot listen on " + wanted + " (" + name + "): ";
        if (passed != null) {
            return new EcdysisException(start + "the service manager has passed no such sockets, but "
                    + passed.describe());
        }
        List<String> theirs = new ArrayList<>();
        for (BoundSockets one : inherited.values()) {
            theirs.add(one.name() + " on " + one.address());
        }
        return new EcdysisException(start + "the predecessor does not have it, but "
                + (theirs.isEmpty() ? "nothing" : String.join(", ", theirs))
                + "; what a service manager passes is claimed by the first generation, so stop the server and start it");
    }

    /// A failure that names the predecessor, if that is in the way.
    ///
    /// @param inherited what the predecessor has
    public static EcdysisException explained(EcdysisException e, String name, Address address,
            List<BoundSockets> inherited) {
        for (BoundSockets theirs : inherited) {
            if (theirs.occupies(address)) {
                return new EcdysisException("cannot listen on " + address + " (" + name
                        + "): the predecessor listens there, as " + theirs.name() + " on " + theirs.address()
                        + ", and an upgrade hands over what keeps its name and its address; keep both, or stop the"
                        + " server and start this version", e);
            }
        }
        return e;
    }

    /// A socket that was bound here is closed when it cannot be adopted; an inherited one stays unclaimed.
    private ManagedListener adopt(BoundSockets sockets, Address address, boolean claims) throws EcdysisException {
        List<ServerSocketChannel> channels = new ArrayList<>();
        boolean complete = false;
        try {
            for (Fd socket : sockets.sockets()) {
                channels.add(adoption.adopt(socket));
            }
            ManagedListener listener = new ManagedListener(sockets, address, channels, patience);
            complete = true;
            return listener;
        } catch (IOException e) {
            throw new EcdysisException("listener " + sockets.name() + " cannot be made a channel of the JDK ("
                    + adoption.description() + "): " + e.getMessage() + "; run 'ecdysis doctor'", e);
        } finally {
            if (!complete) { // also by an Error: adoption is reflection into the JDK
                undo(sockets, channels, claims);
            }
        }
    }

    private static void undo(BoundSockets sockets, List<ServerSocketChannel> channels, boolean claims) {
        for (ServerSocketChannel channel : channels) {
            closeQuietly(channel);
        }
        if (!claims) {
            sockets.unlinkIfOurs();
            sockets.close();
        }
    }

    private static void closeQuietly(ServerSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            Log.of(Listeners.class).log(System.Logger.Level.WARNING, "closing a channel", e);
        }
    }

    /// Waits for nobody.
    public List<ManagedListener> all() {
        return all;
    }

    /// No further ones can be opened. What was not claimed is closed here; the predecessor serves what it has handed over.
    ///
    /// @return the names of the inherited listeners that were claimed
    public synchronized List<String> seal() {
        sealed = true;
        for (BoundSockets sockets : inherited.values()) {
            if (sockets.isUnits()) {
                Log.of(Listeners.class).log(System.Logger.Level.WARNING, "this version does not claim listener "
                        + sockets.name() + ", which the service manager has open too: whoever connects waits until the"
                        + " server is stopped and started; take it out of the socket unit");
            }
        }
        closeUnclaimed();
        List<String> claimed = new ArrayList<>();
        for (ManagedListener listener : opened.values()) {
            if (listener.origin() == Origin.PREDECESSOR) {
                claimed.add(listener.name());
            }
        }
        return claimed;
    }

    /// Closes what nobody claimed, and opens nothing any more.
    public synchronized void close() {
        sealed = true;
        closeUnclaimed();
    }

    /// Waits for nobody.
    void closeUnclaimed() {
        for (String name : List.copyOf(inherited.keySet())) {
            BoundSockets unclaimed = inherited.remove(name);
            if (unclaimed != null) {
                unclaimed.close();
            }
        }
        if (passed != null) {
            passed.closeUnclaimed();
        }
    }
}
