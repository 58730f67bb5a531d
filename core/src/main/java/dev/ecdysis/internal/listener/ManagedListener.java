package dev.ecdysis.internal.listener;

import dev.ecdysis.Address;
import dev.ecdysis.ConnectionHandler;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Listener;
import dev.ecdysis.Tcp;
import dev.ecdysis.internal.accept.LiveConnections;
import dev.ecdysis.internal.accept.SelectorAcceptor;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.spi.Acceptor;
import dev.ecdysis.spi.Drainable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A listener as the application sees it, and as the engine moves it: started at cutover, paused when a
/// successor takes over, closed at commit.
///
/// The application's calls may come from any thread; the engine's come from one, in the order start, (pause,
/// resume)*, then [#closeSockets()] or [#serveQueueThenClose]. Without an acceptor all of them are harmless. None holds
/// the lock while an acceptor is called: that may take for ever.
public final class ManagedListener implements Listener {
    private static final System.Logger LOG = Log.of(ManagedListener.class);

    private enum State {
        NEW, STARTED, PAUSED, SERVING_QUEUE, CLOSED
    }

    private final BoundSockets sockets;
    private final Address address;
    private final List<ServerSocketChannel> channels;
    private final LiveConnections live = new LiveConnections();
    private final Duration patience;
    private final Object lock = new Object();
    // Guarded by the lock for writing; the numbers below are read by the heartbeat, which must never wait for
    // it.
    private volatile @Nullable AcceptorDriver driver;
    private volatile @Nullable Drainable drainable;
    private volatile @Nullable SelectorAcceptor selecting;
    private volatile boolean beating;
    private volatile boolean queueServed;
    private volatile List<String> notes = List.of();
    private volatile long openSince;
    private volatile @Nullable Runnable onDrained;
    private State state = State.NEW;
    private @Nullable QueueServedByUser usersService;

    /// @param channels one for each socket, over a duplicate of its descriptor; owned by this listener from
    ///        now on, as the sockets are
    /// @param patience how long a call of the application's acceptor may take
    public ManagedListener(BoundSockets sockets, Address address, List<ServerSocketChannel> channels,
            Duration patience) {
        if (channels.size() != sockets.sockets().size()) {
            throw new IllegalArgumentException(channels.size() + " channels for " + sockets);
        }
        this.sockets = sockets;
        this.address = address;
        this.channels = List.copyOf(channels);
        this.patience = patience;
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
        return sockets.local().toSocketAddress();
    }

    @Override
    public Origin origin() {
        return sockets.origin();
    }

    /// After the commit: nobody else accepts from it any more. What this version wants otherwise, and can be changed, is
    /// changed now; the [notes][#notes()] say what cannot.
    public void makeOwn() {
        if (!isInherited()) {
            return;
        }
        List<String> found = new ArrayList<>();
        List<String> failed = sockets.makeOwn(address);
        if (address instanceof Tcp tcp) {
            for (String fixed : sockets.fixedOtherwise(tcp)) {
                found.add("listener " + name() + " keeps " + fixed + "; to change that, stop the server and start it");
            }
        }
        if (!failed.isEmpty()) {
            found.add("listener " + name() + " keeps its options: " + String.join(", ", failed));
        }
        notes = List.copyOf(found);
    }

    /// What this version asks for and does not get, because it inherited the socket as it is: a line each, with the cure.
    /// Empty before the commit.
    public List<String> notes() {
        return notes;
    }

    @Override
    public ServerSocketChannel channel() {
        return channels.getFirst();
    }

    @Override
    public List<ServerSocketChannel> channels() {
        return channels;
    }

    @Override
    public int[] duplicateDescriptors() throws EcdysisException {
        return sockets.duplicates();
    }

    public BoundSockets sockets() {
        return sockets;
    }

    @Override
    public void serve(ConnectionHandler handler) {
        SelectorAcceptor made = new SelectorAcceptor(name(), channels, handler, live);
        claim(made, made, null);
    }

    @Override
    public void register(Acceptor users) {
        if (users instanceof Drainable both) {
            claim(users, null, both);
            return;
        }
        if (address instanceof Tcp tcp && tcp.transparent()) {
            throw new IllegalStateException(
                    "listener " + name() + " is transparent, so its connections have any address and"
                            + " the kernel cannot count them for the drain: register its acceptor with a Drainable");
        }
        claim(users, null, null);
    }

    @Override
    public void register(Acceptor users, Drainable counts) {
        claim(users, null, counts);
    }

    private void claim(Acceptor claimant, @Nullable SelectorAcceptor ours, @Nullable Drainable counts) {
        AcceptorDriver made;
        boolean late;
        synchronized (lock) {
            if (driver != null) {
                throw new IllegalStateException(
                        "listener " + name() + " already has a handler or an acceptor");
            }
            made = new AcceptorDriver(name(), claimant, ours != null, patience);
            driver = made;
            selecting = ours;
            drainable = counts;
            beat(beating);
            late = state == State.STARTED;
            if (late) {
                made.order(AcceptorDriver.Goal.ACCEPT, false);
            }
        }
        if (late) {
            try {
                made.reach(AcceptorDriver.Goal.ACCEPT, patience);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Whether moving this listener calls the application's code.
    public boolean hasForeignAcceptor() {
        return driver != null && selecting == null;
    }

    /// What counts the connections of the application's acceptor; empty when nobody but the kernel can.
    public Optional<Drainable> drainable() {
        return Optional.ofNullable(drainable);
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
        move(State.NEW, State.STARTED, AcceptorDriver.Goal.ACCEPT, false);
    }

    /// When this returns no accept is under way and none will be.
    public void pause() throws IOException {
        move(State.STARTED, State.PAUSED, AcceptorDriver.Goal.REST, false);
    }

    /// Accepts again, after a pause that succeeded or failed. When this throws, it is tried again until it works.
    public void resume() throws IOException {
        if (!move(State.PAUSED, State.STARTED, AcceptorDriver.Goal.ACCEPT, true)) {
            awaitResumed();
        }
    }

    /// The same, and does not wait for an acceptor of the application's.
    public void resumeSoon() {
        synchronized (lock) {
            if (selecting == null) {
                order(State.PAUSED, State.STARTED, AcceptorDriver.Goal.ACCEPT, true);
                return;
            }
        }
        try {
            move(State.PAUSED, State.STARTED, AcceptorDriver.Goal.ACCEPT, true);
        } catch (IOException e) { // it is tried again, and was logged
            LOG.log(System.Logger.Level.DEBUG, "listener " + name(), e);
        }
    }

    /// Waits for the first outcome of what [#resumeSoon()] asked for.
    public void awaitResumed() throws IOException {
        AcceptorDriver it = driver;
        boolean should;
        synchronized (lock) {
            should = state == State.STARTED;
        }
        if (it != null && should) {
            it.reach(AcceptorDriver.Goal.ACCEPT, patience);
        }
    }

    private boolean move(State from, State to, AcceptorDriver.Goal goal, boolean keepTrying) throws IOException {
        boolean ordered;
        synchronized (lock) {
            ordered = order(from, to, goal, keepTrying);
        }
        AcceptorDriver it = driver;
        if (ordered && it != null) {
            it.reach(goal, patience);
        }
        return ordered;
    }

    /// Under the lock, so that the order of the states is that of the orders.
    private boolean order(State from, State to, AcceptorDriver.Goal goal, boolean keepTrying) {
        if (state != from) {
            return false;
        }
        state = to;
        openSince = System.nanoTime();
        AcceptorDriver it = driver;
        if (it != null) {
            it.order(goal, keepTrying);
        }
        return true;
    }

    /// Why it does not accept although this process serves: one line; empty when there is nothing wrong.
    public Optional<String> trouble() {
        AcceptorDriver it = driver;
        return it == null ? Optional.empty() : it.trouble();
    }

    /// Which call of the application's acceptor hangs, so that it can neither be paused nor resumed.
    public Optional<String> hanging() {
        AcceptorDriver it = driver;
        return it == null ? Optional.empty() : it.hanging();
    }

    /// Looks after an acceptor that should accept and perhaps does not.
    ///
    /// @return whether there is still a reason to look
    public boolean lookAfter() {
        AcceptorDriver it = driver;
        return it != null && it.look();
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
    ///
    /// What a service manager has opened is left to whom it starts next: connections wait in the queue until then. What it
    /// only stores is served: at a stop that is no restart it goes with the service.
    public void serveQueueThenStop(Duration atMost) {
        if (sockets.isUnits()) {
            closeSockets();
            return;
        }
        serveQueueThenClose(atMost, false);
    }

    private void serveQueueThenClose(Duration atMost, boolean handshakesToo) {
        AcceptorDriver it;
        synchronized (lock) {
            if (state == State.SERVING_QUEUE || state == State.CLOSED) {
                return;
            }
            it = driver;
            if (it != null && !it.isNew() && it.hanging().isEmpty()) {
                state = State.SERVING_QUEUE;
                serveQueue(it, atMost, handshakesToo);
                return;
            }
        }
        if (it != null) {
            it.hanging().ifPresent(what -> LOG.log(System.Logger.Level.WARNING, "listener " + name() + ": " + what
                    + "; what waits in its accept queue is not served"));
        }
        sockets.unlinkIfOurs();
        closeSockets();
    }

    private void serveQueue(AcceptorDriver it, Duration atMost, boolean handshakesToo) {
        SelectorAcceptor ours = selecting;
        if (ours == null) {
            usersService = QueueServedByUser.start(sockets, it, atMost, patience, this::closeChannelsAndSockets);
            return;
        }
        it.leave();
        // While newcomers get in there may never be a quiet period: it is closed as soon as its queue is empty.
        boolean keptOut = sockets.keepNewcomersOut();
        Duration quiet = keptOut && handshakesToo ? QuietPeriod.of(sockets) : Duration.ZERO;
        ours.serveQueue(quiet, atMost, this::closeChannelsAndSockets);
    }

    /// Whether [#serveQueueThenClose] has come to its end, or there was nothing to serve.
    public boolean queueServed() {
        return queueServed;
    }

    /// Stops accepting for good and closes the channels and sockets; connections go on.
    public void closeSockets() {
        closeSockets(patience);
    }

    /// The same.
    ///
    /// @param atMost how long an acceptor of the application's is waited for
    public void closeSockets(Duration atMost) {
        QueueServedByUser service = beginClosing();
        AcceptorDriver it = driver;
        if (service != null) {
            service.finish(atMost);
        } else if (it != null) {
            try {
                it.reach(AcceptorDriver.Goal.CLOSE, atMost);
            } catch (IOException e) { // a user's: what remains must be closed all the same
                LOG.log(System.Logger.Level.WARNING, "closing a listener: " + e.getMessage());
            }
        }
        closeChannelsAndSockets();
    }

    /// Has its acceptor closed, and does not wait for one of the application's.
    public void closeSoon() {
        beginClosing();
    }

    private @Nullable QueueServedByUser beginClosing() {
        synchronized (lock) {
            boolean first = state != State.CLOSED;
            state = State.CLOSED;
            AcceptorDriver it = driver;
            QueueServedByUser service = usersService;
            if (service != null) {
                service.hurry();
            } else if (it != null && first) {
                it.order(AcceptorDriver.Goal.CLOSE, false);
            }
            return service;
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

    /// When the accept loop last went round, as [System#nanoTime()] counts; now, when it is not ours to
    /// watch.
    public long lastStepNanos() {
        SelectorAcceptor ours = selecting;
        return ours == null ? System.nanoTime() : ours.lastStepNanos();
    }

    /// When [#start()] or [#resume()] last took effect, 0 before.
    public long acceptingSinceNanos() {
        SelectorAcceptor ours = selecting;
        AcceptorDriver it = driver;
        if (ours != null) {
            return ours.acceptingSinceNanos();
        }
        return it == null ? openSince : it.acceptingSinceNanos();
    }
}
