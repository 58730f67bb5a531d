package dev.ecdysis.internal.inheritance;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.registry.Keeper;
import dev.ecdysis.internal.registry.SocketKind;
import dev.ecdysis.internal.wire.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts the sockets of listeners together that come in one part or several.
final class ListenersReader {
    private final Posix posix;
    private final Map<String, BoundSockets> listeners = new LinkedHashMap<>();
    /// Of a listener of which more sockets follow.
    private final List<Fd> gathered = new ArrayList<>();
    private Message.@Nullable Sockets begun;
    private int sockets;

    ListenersReader(Posix posix) {
        this.posix = posix;
    }

    /// Takes some or all sockets of a listener.
    ///
    /// @param own what is kept is taken out of it
    void take(Message.Sockets some, List<Fd> own) throws EcdysisException {
        Message.Sockets first = begun == null ? some : begun;
        if (begun != null && !some.isOfSameListener(begun)) {
            throw incomplete(first);
        }
        if (gathered.size() + own.size() > first.all()) {
            throw new EcdysisException("the predecessor handed over more than the " + first.all()
                    + " sockets that it said listener " + first.name() + " has");
        }
        if (listeners.containsKey(first.name())) {
            throw new EcdysisException("the predecessor handed over two listeners named " + first.name());
        }
        if (first.control() && hasControlSocket()) {
            throw new EcdysisException("the predecessor handed over two control sockets");
        }
        sockets += own.size();
        gathered.addAll(own);
        own.clear();
        begun = some;
        if (gathered.size() == first.all()) {
            begun = null;
            List<Fd> all = List.copyOf(gathered);
            gathered.clear(); // from here on the listener closes them
            listeners.put(first.name(), open(first, all));
        }
    }

    private boolean hasControlSocket() {
        for (BoundSockets listener : listeners.values()) {
            if (listener.control()) {
                return true;
            }
        }
        return false;
    }

    private BoundSockets open(Message.Sockets said, List<Fd> all) throws EcdysisException {
        SocketKind kind = SocketKind.of(said.kind()).orElse(null);
        if (kind == null) {
            closeAll(all);
            throw new EcdysisException("the predecessor hands over listener " + said.name() + " (" + said.address()
                    + ") as a socket of the kind '" + said.kind()
                    + "', which this version does not know; stop the server"
                    + " and start this version, or upgrade to one that knows it");
        }
        return BoundSockets.inherited(posix, said.name(), kind, said.address(), said.device(), said.inode(),
                said.control(), keeper(said), all);
    }

    private static @Nullable Keeper keeper(Message.Sockets said) {
        if (said.kept().isEmpty()) {
            return null;
        }
        Message.Kept kept = said.kept().get();
        return Keeper.of(kept.by(), kept.name());
    }

    /// Nothing else may come before a listener has all its sockets.
    void checkComplete() throws EcdysisException {
        if (begun != null) {
            throw incomplete(begun);
        }
    }

    private EcdysisException incomplete(Message.Sockets first) {
        return new EcdysisException("the predecessor handed over only " + gathered.size() + " of the " + first.all()
                + " sockets of listener " + first.name());
    }

    /// How many came, of all listeners together.
    int sockets() {
        return sockets;
    }

    List<BoundSockets> all() {
        return List.copyOf(listeners.values());
    }

    static void closeAll(List<Fd> descriptors) {
        for (Fd descriptor : descriptors) { // no method reference, which a start would have to link
            descriptor.close();
        }
    }

    void close() {
        closeAll(gathered);
        for (BoundSockets listener : listeners.values()) {
            listener.close();
        }
    }
}
