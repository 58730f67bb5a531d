package dev.ecdysis.internal.control;

import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PeerCredentials;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.thread.Survival;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Accepts from the control socket. On the loop's thread.
///
/// A client is a stranger until it has asked something. A bounded number of strangers wait, for a bounded time: when
/// one more comes, the one that has been silent longest goes, so nobody can keep others out by holding connections.
/// Those who have asked may stay as long as there is room for the next, and as long as they are owed an answer. Whoever
/// has begun a frame and does not complete it in time goes, whatever was asked before.
public final class ControlServer {
    static final int MOST_STRANGERS = 64;
    static final int MOST_ASKING = 256;
    /// Per round of the loop, so that a flood cannot keep it from anything else.
    private static final int BATCH = 16;
    private static final Duration STRANGER_LIMIT = Duration.ofSeconds(10);
    private static final Duration FRAME_LIMIT = Duration.ofSeconds(10);
    private static final Duration PAUSE_WITHOUT_DESCRIPTORS = Duration.ofMillis(100);

    private final Posix posix;
    private final EventLoop loop;
    private final RequestHandler requests;
    private final Duration frameLimit;
    private final RateLimitedLog troubles;
    private final SpareDescriptor spare;
    private final List<ControlConnection> connections = new ArrayList<>();
    private volatile @Nullable BoundSockets sockets;
    private EventLoop.@Nullable Watch watch;
    private boolean accepting;

    public ControlServer(Posix posix, EventLoop loop, RequestHandler requests) {
        this(posix, loop, requests, FRAME_LIMIT);
    }

    /// @param frameLimit how long a client may take from the beginning of a frame to its end
    ControlServer(Posix posix, EventLoop loop, RequestHandler requests, Duration frameLimit) {
        this.posix = posix;
        this.loop = loop;
        this.requests = requests;
        this.frameLimit = frameLimit;
        this.troubles = new RateLimitedLog(loop);
        this.spare = new SpareDescriptor(posix);
    }

    /// Takes ownership of the control socket; nothing is accepted yet.
    public void use(BoundSockets control) {
        sockets = control;
        watch = loop.watch(control.sockets().getFirst(), 0, this::acceptSome);
    }

    /// Whether it came from the predecessor.
    public boolean isInherited() {
        BoundSockets known = sockets;
        return known != null && known.inherited();
    }

    /// Whether this process, or the machine, has no file descriptors left: whoever asks now has got the last one.
    public boolean isOutOfDescriptors() {
        return sockets != null && !spare.isComplete();
    }

    /// The control socket, for handing it over.
    public @Nullable BoundSockets sockets() {
        return sockets;
    }

    /// After the commit: whoever asks the kernel who listens there is told this process.
    public void makeOwn() {
        BoundSockets known = sockets;
        if (known == null || !known.inherited()) {
            return;
        }
        try {
            posix.listen(known.sockets().getFirst(), ControlFolder.BACKLOG);
        } catch (PosixException e) {
            troubles.add(e.getMessage());
        }
    }

    /// Accepts from now on, or leaves newcomers in the accept queue: for the other generation.
    public void accepting(boolean on) {
        accepting = on;
        if (watch != null) {
            keepSpare();
            watch.interest(on ? Linux.POLLIN : 0);
        }
    }

    private void acceptSome() {
        BoundSockets listening = sockets;
        for (int i = 0; listening != null && accepting && i < BATCH; i++) {
            try {
                Admission next = new Admission();
                Survival.requireMemory(); // without, it is better off in the accept queue
                next.socket = posix.accept4(listening.sockets().getFirst());
                Survival.insist(next);
            } catch (PosixException e) {
                if ((e.is(Errno.EMFILE) || e.is(Errno.ENFILE)) && spare.release()) {
                    troubles.add(e.getMessage());
                    continue;
                }
                if (!e.is(Errno.EAGAIN)) {
                    pauseAccepting(e);
                }
                return;
            }
        }
    }

    private void pauseAccepting(PosixException e) {
        troubles.add(e.getMessage());
        if (watch != null) {
            watch.interest(0);
            loop.schedule(PAUSE_WITHOUT_DESCRIPTORS, () -> {
                keepSpare();
                accepting(accepting);
            });
        }
    }

    /// One that has been accepted. Step by step, so that it can go on where there was no memory for it.
    private final class Admission implements Runnable {
        private @Nullable Fd socket;
        private @Nullable ControlConnection connection;
        private boolean known;
        private Timers.@Nullable Handle limit;

        @Override
        public void run() {
            Fd accepted = socket;
            if (connection == null && accepted != null) {
                connection = connectionOf(accepted);
            }
            if (connection != null) {
                admit(connection);
            }
        }

        private void admit(ControlConnection admitted) {
            if (!known) {
                dropOldestStranger();
                connections.add(admitted);
                known = true;
            }
            admitted.open();
            if (limit == null) {
                limit = loop.schedule(STRANGER_LIMIT, admitted::closeIfStranger);
            }
            Timers.Handle running = limit;
            admitted.onClose(() -> {
                running.cancel();
                keepSpare();
            });
        }
    }

    /// Null when it is closed already.
    private @Nullable ControlConnection connectionOf(Fd socket) {
        try {
            PeerCredentials peer = posix.peerCredentials(socket);
            ControlConnection connection = new ControlConnection(posix, loop, this, socket, peer);
            if (peer.uid() == posix.geteuid() || peer.uid() == 0) {
                return connection;
            }
            troubles.add("turned away " + connection.peer());
            connection.turnAway("user " + peer.uid() + " may not control this server; be root or user "
                    + posix.geteuid());
        } catch (PosixException e) {
            troubles.add(e.getMessage());
            socket.close();
        }
        return null;
    }

    /// Who is connected may stay longer than the socket, and then nobody else is to be answered.
    private void keepSpare() {
        if (sockets != null) {
            spare.keep();
        }
    }

    private void dropOldestStranger() {
        List<ControlConnection> strangers = connections.stream().filter(ControlConnection::isStranger).toList();
        if (strangers.size() >= MOST_STRANGERS) {
            strangers.getFirst().close();
        }
    }

    RequestHandler requests() {
        return requests;
    }

    RateLimitedLog troubles() {
        return troubles;
    }

    Duration frameLimit() {
        return frameLimit;
    }

    /// Room for one more that asks: if need be, the one goes that has been idle longest.
    ///
    /// @return false when all of them are owed an answer
    boolean makeRoomForRequest() {
        int asking = 0;
        ControlConnection idle = null;
        for (ControlConnection connection : connections) {
            if (!connection.isStranger()) {
                asking++;
                if (!connection.isOwedAnAnswer() && (idle == null || connection.usedNanos() - idle.usedNanos() < 0)) {
                    idle = connection;
                }
            }
        }
        if (asking < MOST_ASKING) {
            return true;
        }
        if (idle == null) {
            return false;
        }
        idle.close();
        return true;
    }

    void forget(ControlConnection connection) {
        connections.remove(connection);
    }

    /// Closes the socket; who is connected stays, to hear how it ends.
    ///
    /// @param unlink whether nobody listens there after us
    public void closeListener(boolean unlink) {
        accepting = false;
        spare.releaseAll();
        if (watch != null) {
            watch.close();
            watch = null;
        }
        if (sockets != null) {
            if (unlink) {
                sockets.unlinkIfOurs();
            }
            sockets.close();
            sockets = null;
        }
    }

    /// Closes the socket in a successor that is not kept: an inherited one is the predecessor's.
    public void closeListenerAfterRollback() {
        closeListener(sockets != null && !sockets.inherited());
    }

    /// Closes everything.
    public void close(boolean unlink) {
        closeListener(unlink);
        List.copyOf(connections).forEach(ControlConnection::close);
    }
}
