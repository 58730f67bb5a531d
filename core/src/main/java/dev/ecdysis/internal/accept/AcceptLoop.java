package dev.ecdysis.internal.accept;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.thread.Survival;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// What an acceptor's thread does: waits for connections and commands, accepts in batches, and never dies of
/// an error.
///
/// All state but the volatile fields belongs to that thread. Others open and close its [Gate], and [#submit] commands,
/// which are done between two accepts.
final class AcceptLoop implements Runnable {
    /// How a connection is taken from a listener; tests put one here that fails.
    @FunctionalInterface
    interface Accept {
        /// Null when none waits.
        @Nullable
        SocketChannel from(ServerSocketChannel listener) throws IOException;
    }

    /// Enough to spread the cost of a select, few enough to be fair to the other members of a group.
    private static final int BATCH = 64;
    /// Accepts for which memory is asked at once: mostly a second one finds nothing, and asking is not for free.
    private static final int PER_PROBE = 2;
    /// Half as much again as so many accepts and the starts of their threads take, at one kilobyte each.
    private static final int PROBE_BYTES = 3 * 1024;
    private static final long BEAT = 100_000_000L;
    private static final long FOR_EVER = Long.MAX_VALUE;
    private static final System.Logger LOG = Log.of(AcceptLoop.class);

    private final String name;
    private final Selector selector;
    /// Those of the selector, once and for all: an iterator is more than there may be memory for.
    private final SelectionKey[] keys;
    private final Accept accept;
    private final ConnectionThreads connections;
    private final Gate gate = new Gate();
    private final Queue<FutureTask<Boolean>> commands = new ConcurrentLinkedQueue<>();
    private final Backoff backoff = new Backoff();
    private final OncePerSecond warning = new OncePerSecond();
    private final Survival survival;
    private @Nullable QueueService queueService;
    private boolean armed;
    private boolean newlyArmed;
    private boolean over;
    private boolean busy;

    private volatile boolean beating;
    private volatile boolean ended;
    private volatile long lastStep = System.nanoTime();
    private volatile long acceptingSince;

    /// @param selector with the listener's channels registered and their interest 0; the loop closes it
    AcceptLoop(String name, Selector selector, Accept accept, ConnectionThreads connections) {
        this.name = name;
        this.selector = selector;
        this.keys = selector.keys().toArray(new SelectionKey[0]);
        this.survival = new Survival(LOG, "listener " + name + ": an error while it accepted");
        this.accept = accept;
        this.connections = connections;
    }

    /// When it last went round, or began with the queue of another socket: a batch may take long, and is no reason to
    /// take it for dead.
    long lastStep() {
        return lastStep;
    }

    long acceptingSince() {
        return acceptingSince;
    }

    void beat(boolean on) {
        beating = on;
        selector.wakeup();
    }

    /// Has the loop do something. The result is cancelled when the loop has ended, and accepts nothing any
    /// more.
    FutureTask<Boolean> submit(Runnable command) {
        FutureTask<Boolean> task = new FutureTask<>(command, true);
        commands.add(task);
        if (ended) {
            task.cancel(false);
        }
        selector.wakeup();
        return task;
    }

    /// When this returns true no accept is under way and none will be; false when one still was after that time.
    boolean pause(Duration atMost) throws InterruptedException {
        return gate.close(atMost);
    }

    /// The result is there when the loop accepts. What waits by now is accepted here, on the caller's thread: the loop's
    /// own needs a moment to wake up, and at a cutover connections have waited for some already.
    ///
    /// @param channels the listener's
    FutureTask<Boolean> resume(List<ServerSocketChannel> channels) {
        gate.open();
        acceptingSince = System.nanoTime();
        for (ServerSocketChannel channel : channels) {
            acceptWaiting(channel);
        }
        return submit(this::adjust);
    }

    /// Accepts until the queue has been served, and ends.
    void serveQueue(QueueService service) {
        gate.open();
        var _ = submit(() -> queueService = service);
    }

    /// Deregisters before anybody closes the channels: an epoll registration belongs to the open file
    /// description, which another process may keep alive, and would wake this selector for ever.
    ///
    /// To be submitted.
    void end() {
        over = true;
        while (selector.isOpen() && !closed()) {
            Survival.pause();
        }
    }

    /// Whether it need not be tried again.
    private boolean closed() {
        try {
            for (SelectionKey key : keys) {
                key.cancel();
            }
            selector.selectNow();
            selector.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "listener " + name + ": closing its selector", e);
        } catch (VirtualMachineError e) {
            return false;
        }
        return true;
    }

    /// Resumes, pauses and ends a loop that has no sockets, and serves a connection that is none: what a JVM does for the
    /// first time takes milliseconds, and at a cutover connections wait for it.
    static void rehearse() {
        LiveConnections none = new LiveConnections();
        try {
            ConnectionThreads connections = new ConnectionThreads("rehearsal",
                    connection -> LOG.log(System.Logger.Level.TRACE, "rehearsed: {0}", connection), none);
            AcceptLoop loop = new AcceptLoop("rehearsal", Selector.open(), ServerSocketChannel::accept, connections);
            var _ = loop.resume(List.of());
            loop.runOnce();
            boolean paused = loop.pause(Duration.ZERO);
            LOG.log(System.Logger.Level.TRACE, "rehearsed: {0}", paused);
            var _ = loop.submit(loop::end);
            loop.run();
            var _ = connections.serve(SocketChannel.open());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "without a rehearsal", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try {
            while (!over) {
                runOnce();
            }
            end();
        } finally {
            ended = true;
            for (FutureTask<Boolean> task = commands.poll(); task != null; task = commands.poll()) {
                task.cancel(false);
            }
        }
    }

    private void runOnce() {
        try {
            pass();
        } catch (ClosedSelectorException e) {
            over = true;
        } catch (Throwable e) { // an acceptor that dies is a server that is down
            survive(e);
        }
    }

    private void survive(Throwable why) {
        try {
            if (over) {
                LOG.log(System.Logger.Level.WARNING, "listener " + name + ": ending its acceptor", why);
            } else {
                failed(why);
            }
        } catch (Throwable again) {
            survival.failed(again);
        }
    }

    private void pass() throws IOException {
        select();
        Thread.interrupted(); // an interrupt would make every select return at once
        lastStep = System.nanoTime();
        busy = false;
        for (FutureTask<Boolean> task = commands.poll(); task != null; task = commands.poll()) {
            busy = true;
            task.run();
        }
        if (over) {
            return;
        }
        adjust();
        QueueService service = queueService;
        if (service != null) {
            goOnServing(service);
        } else {
            // What waited before the interest was there no select has seen yet.
            acceptFrom(newlyArmed ? selector.keys() : selector.selectedKeys());
        }
        newlyArmed = false;
        if (!over) {
            selector.selectedKeys().clear();
        }
    }

    /// Follows the gate, and takes the interest away while there must be no accept: a key that is left set would make
    /// select return at once as long as a connection waits, which is all the time that the successor is on probation.
    private void adjust() {
        long now = System.nanoTime();
        boolean open = gate.isOpen();
        boolean wanted = open && backoff.isOver(now);
        if (wanted != armed) {
            interest(wanted ? SelectionKey.OP_ACCEPT : 0);
            armed = wanted;
            newlyArmed = wanted;
        }
    }

    private void select() throws IOException {
        long wait = beating ? BEAT : FOR_EVER;
        if (beating && busy) {
            wait = 0; // a beat right after start or resume: the shortest probation waits for it
        }
        if (gate.isOpen() && backoff.isActive()) {
            wait = Math.min(wait, backoff.remaining(System.nanoTime()));
        } else if (queueService != null) {
            wait = Math.min(wait, queueService.remaining(System.nanoTime()));
        }
        if (wait <= 0) {
            selector.selectNow();
        } else if (wait == FOR_EVER) {
            selector.select();
        } else {
            selector.select(wait / 1_000_000 + 1);
        }
    }

    private void goOnServing(QueueService service) {
        // Not only the selected ones: "the queue is empty" must be the answer of each.
        acceptFrom(selector.keys());
        boolean answered = !busy && !backoff.isActive() && commands.isEmpty();
        if (service.isOver(System.nanoTime(), answered)) {
            queueService = null;
            end();
            service.then().run();
        }
    }

    private void acceptFrom(Set<SelectionKey> keys) {
        boolean another = false;
        for (SelectionKey key : keys) {
            if (another) {
                lastStep = System.nanoTime();
            }
            another = true;
            acceptBatch(key);
        }
    }

    /// Accepts what waits, unless a command came: that must not wait for a batch.
    private void acceptBatch(SelectionKey key) {
        ServerSocketChannel listener = (ServerSocketChannel) key.channel();
        boolean more = true;
        try {
            for (int i = 0; more && i < BATCH && commands.isEmpty() && key.isValid(); i++) {
                more = !backoff.isActive() && acceptOne(listener, i);
                if (more) {
                    busy = true;
                    backoff.reset();
                }
            }
        } catch (ClosedChannelException e) {
            key.cancel();
        } catch (IOException e) {
            failed(e);
        }
    }

    private void acceptWaiting(ServerSocketChannel listener) {
        boolean more = true;
        try {
            for (int i = 0; more && i < BATCH; i++) {
                more = acceptOne(listener, i);
            }
        } catch (Throwable e) { // the loop meets the same, and knows how to go on
            LOG.log(System.Logger.Level.DEBUG, "listener " + name + ": while it resumed", e);
        }
    }

    /// On any thread.
    ///
    /// @param index how many were accepted in this batch
    /// @return whether there may be more
    private boolean acceptOne(ServerSocketChannel listener, int index) throws IOException {
        SocketChannel connection;
        Throwable unserved;
        gate.enter();
        try {
            if (!gate.isOpen()) {
                return false;
            }
            if (index % PER_PROBE == 0 || Survival.isWary()) {
                // Without, the connection is better off in the accept queue: the JDK forgets the descriptor that it has
                // got when there is no memory for the channel.
                Survival.requireMemory(PROBE_BYTES);
            }
            connection = accept.from(listener);
            if (connection == null) {
                return false;
            }
            unserved = connections.serve(connection);
        } finally {
            gate.leave();
        }
        if (unserved != null) {
            connections.turnAway(connection, unserved); // outside: whoever closes the gate must not wait for memory
        }
        return true;
    }

    /// The JDK does not tell EMFILE from other errors; all of them are treated as a shortage that will pass.
    private void failed(Throwable e) {
        long now = System.nanoTime();
        backoff.failed(now);
        if (e instanceof VirtualMachineError) {
            Survival.noteShortage();
        }
        interest(0); // if this fails as well, adjust() sees that it is to be done
        armed = false;
        if (warning.isDue()) {
            warn(e, backoff.remaining(now));
        }
    }

    private void warn(Throwable e, long remaining) {
        try {
            String message = "listener " + name + ": accepting failed; it goes on in " + remaining / 1_000_000
                    + " ms: ";
            if (e instanceof IOException) {
                LOG.log(System.Logger.Level.WARNING, message + e.getMessage()
                        + " (for too many open files, raise the limit: ulimit -n, LimitNOFILE=)");
            } else {
                LOG.log(System.Logger.Level.WARNING, message + e, e);
            }
        } catch (Throwable unsaid) { // a logger may need a descriptor or memory, too
            if (!unsaid.equals(e)) { // the JVM has only few errors of this kind in store
                e.addSuppressed(unsaid);
            }
        }
    }

    private void interest(int operations) {
        for (SelectionKey key : keys) {
            if (key.isValid()) {
                key.interestOps(operations);
            }
        }
    }
}
