package dev.ecdysis.internal.registry;

import dev.ecdysis.Address;
import dev.ecdysis.ConnectionHandler;
import dev.ecdysis.Listener;
import dev.ecdysis.Tcp;
import dev.ecdysis.internal.accept.LiveConnections;
import dev.ecdysis.internal.accept.SelectorAcceptor;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.spi.Acceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A listener as the application sees it, and as the engine moves it: started at cutover, paused when a
/// successor takes over, closed at commit.
///
/// The application's calls may come from any thread; the engine's come from one, in the order start, (pause,
/// resume)*, then [#closeSockets()] or [#serveQueueThenClose]. Without an acceptor all of them are harmless.
public final class ManagedListener implements Listener {
    private static final System.Logger LOG = Log.of(ManagedListener.class);

    private enum State {
        NEW, STARTED, PAUSED, SERVING_QUEUE, CLOSED
    }

    private final BoundSockets sockets;
    private final Address address;
    private final List<ServerSocketChannel> channels;
    private final LiveConnections live = new LiveConnections();
    private final Object lock = new Object();
    // Guarded by the lock for writing; the numbers below are read by the heartbeat, which must never wait for
    // it.
    private volatile @Nullable Acceptor acceptor;
    private volatile @Nullable SelectorAcceptor selecting;
    private volatile boolean beating;
    private volatile boolean queueServed;
    private volatile long acceptingSince;
    private volatile @Nullable Runnable onDrained;
    private State state = State.NEW;
    private boolean acceptorStarted;
    private @Nullable QueueServedByUser usersService;

    /// @param channels one for each socket, over a duplicate of its descriptor; owned by this listener from
    ///        now on, as the sockets are
    public ManagedListener(BoundSockets sockets, Address address, List<ServerSocketChannel> channels) {
        if (channels.size() != sockets.sockets().size()) {
            throw new IllegalArgumentException(channels.size() + " channels for " + sockets);
        }
        this.sockets = sockets;
        this.address = address;
        this.channels = List.copyOf(channels);
    }

    @Override
    public String name() {
        return sockets.name();
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public SocketAddress localAddress() {
        return SocketAddresses.of(sockets.local());
    }

    @Override
    public boolean isInherited() {
        return sockets.inherited();
    }

    /// After the commit: nobody else accepts from it any more. What this version wants otherwise, and can be changed, is
    /// changed now.
    public void makeOwn() {
        if (!isInherited()) {
            return;
        }
        try {
            sockets.makeOwn(address);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "listener " + name() + " keeps its options: " + e.getMessage());
        }
    }

    /// What this version asks for and does not get, because it inherited the socket as it is.
    ///
    /// @return one line, with the cure; empty when it has all that can be told
    public Optional<String> note() {
        int sockets = channels.size();
        return address instanceof Tcp tcp && isInherited() && tcp.sockets() != sockets
                ? Optional.of("listener " + name() + " keeps the group of " + sockets
                        + " sockets that it inherited, although"
                        + " this version asks for " + tcp.sockets() + "; to change that, stop the server and start it")
                : Optional.empty();
    }

    @Override
    public ServerSocketChannel channel() {
        return channels.getFirst();
    }

    @Override
    public List<ServerSocketChannel> channels() {
        return channels;
    }

    public BoundSockets sockets() {
        return sockets;
    }

    @Override
    public void accept(ConnectionHandler handler) {
        SelectorAcceptor made = new SelectorAcceptor(name(), channels, handler, live);
        claim(made, made);
    }

    @Override
    public void register(Acceptor users) {
        claim(users, null);
    }

    private void claim(Acceptor claimant, @Nullable SelectorAcceptor ours) {
        synchronized (lock) {
            if (acceptor != null) {
                throw new IllegalStateException(
                        "listener " + name() + " already has a handler or an acceptor");
            }
            acceptor = claimant;
            selecting = ours;
            beat(beating);
            if (state == State.STARTED) {
                try {
                    startAcceptor();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /// Whether the application said how to accept.
    public boolean hasAcceptor() {
        return acceptor != null;
    }

    /// Whether moving this listener calls the application's code.
    public boolean hasForeignAcceptor() {
        return acceptor != null && selecting == null;
    }

    /// Does beforehand what [#start()] can do without: connections wait for that one.
    public void prepare() throws IOException {
        SelectorAcceptor ours = selecting;
        if (ours != null) {
            ours.prepare();
        }
    }

    /// Accepts from now on; an acceptor that comes later starts at once.
    public void start() throws IOException {
        synchronized (lock) {
            if (state == State.NEW) {
                state = State.STARTED;
                startAcceptor();
            }
        }
    }

    /// When this returns no accept is under way and none will be.
    public void pause() throws IOException {
        synchronized (lock) {
            if (state != State.STARTED) {
                return;
            }
            state = State.PAUSED;
            Acceptor running = acceptor;
            if (running != null && acceptorStarted) {
                running.pause();
            }
        }
    }

    /// Accepts again, after a pause that succeeded or failed.
    public void resume() throws IOException {
        synchronized (lock) {
            if (state == State.PAUSED) {
                state = State.STARTED;
                startAcceptor();
            }
        }
    }

    private void startAcceptor() throws IOException {
        Acceptor it = acceptor;
        if (it == null) {
            acceptingSince = System.nanoTime();
        } else if (acceptorStarted) {
            it.resume();
            acceptingSince = System.nanoTime();
        } else {
            acceptorStarted = true;
            it.start();
            acceptingSince = System.nanoTime();
        }
    }

    /// For a listener that the new generation did not claim, after commit. Closing it at once would reset
    /// what waits in its queue, so newcomers are kept out, the queue is served until it is empty, and then it
    /// is closed. Returns at once.
    ///
    /// @param atMost when to close although connections still come
    public void serveQueueThenClose(Duration atMost) {
        serveQueueThenClose(atMost, true);
    }

    /// The same when the whole server stops: what is in the queue is served. A handshake that is still under way is
    /// not waited for, because its next attempt would be refused anyway.
    public void serveQueueThenStop(Duration atMost) {
        serveQueueThenClose(atMost, false);
    }

    private void serveQueueThenClose(Duration atMost, boolean handshakesToo) {
        synchronized (lock) {
            if (state == State.SERVING_QUEUE || state == State.CLOSED) {
                return;
            }
            Acceptor it = acceptor;
            if (it == null || !acceptorStarted) {
                sockets.unlinkIfOurs();
                closeSockets();
                return;
            }
            state = State.SERVING_QUEUE;
            SelectorAcceptor ours = selecting;
            if (ours == null) {
                usersService = QueueServedByUser.start(sockets, it, atMost, this::closeChannelsAndSockets);
                return;
            }
            // While newcomers get in there may never be a quiet period: it is closed as soon as its queue is empty.
            boolean keptOut = sockets.keepNewcomersOut();
            Duration quiet = keptOut && handshakesToo ? QuietPeriod.of(sockets) : Duration.ZERO;
            ours.serveQueue(quiet, atMost, this::closeChannelsAndSockets);
        }
    }

    /// Whether [#serveQueueThenClose] has come to its end, or there was nothing to serve.
    public boolean queueServed() {
        return queueServed;
    }

    /// Stops accepting for good and closes the channels and sockets; connections go on.
    public void closeSockets() {
        synchronized (lock) {
            if (state != State.CLOSED) {
                state = State.CLOSED;
                closeAcceptor();
            }
        }
        closeChannelsAndSockets();
    }

    private void closeAcceptor() {
        Acceptor it = acceptor;
        if (usersService != null) {
            usersService.finish();
        } else if (it != null && (acceptorStarted || it == selecting)) { // ours may have been prepared
            try {
                it.close();
            } catch (RuntimeException e) { // a user's: what remains must be closed all the same
                LOG.log(System.Logger.Level.WARNING, "listener " + name() + ": closing its acceptor", e);
            }
        }
    }

    /// The acceptor is deregistered by now. Takes no lock, because it runs on the acceptor's thread too.
    private void closeChannelsAndSockets() {
        for (ServerSocketChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "listener " + name() + ": closing its channel", e);
            }
        }
        sockets.close();
        queueServed = true;
        Runnable callback = onDrained;
        if (callback != null) {
            callback.run();
        }
    }

    /// Closes all live connections.
    public void cutOff() {
        live.closeAll();
    }

    @Override
    public long connections() {
        return live.count();
    }

    /// Has `callback` run whenever the last connection has ended and when the queue has been served, so that
    /// a drain need not poll. It runs on the thread where that happened and must not block.
    public void onDrained(Runnable callback) {
        onDrained = callback;
        live.onEmpty(callback);
    }

    /// Whether the accept loop is to go round at least every 100 ms, so that [#lastStepNanos()] is a
    /// heartbeat.
    public void beat(boolean on) {
        beating = on;
        SelectorAcceptor ours = selecting;
        if (ours != null) {
            ours.beat(on);
        }
    }

    /// When the accept loop last went round or accepted, as [System#nanoTime()] counts; now, when it is not ours to
    /// watch.
    public long lastStepNanos() {
        SelectorAcceptor ours = selecting;
        return ours == null ? System.nanoTime() : ours.lastStepNanos();
    }

    /// When a connection was last accepted, 0 if none was or it is not known.
    public long lastAcceptNanos() {
        SelectorAcceptor ours = selecting;
        return ours == null ? 0 : ours.lastAcceptNanos();
    }

    /// When [#start()] or [#resume()] last took effect, 0 before.
    public long acceptingSinceNanos() {
        SelectorAcceptor ours = selecting;
        return ours == null ? acceptingSince : ours.acceptingSinceNanos();
    }
}
