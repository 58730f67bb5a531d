package dev.ecdysis.internal.accept;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// What an acceptor's thread does: waits for connections and commands, accepts in batches, and never dies of
/// an error.
///
/// All state but the volatile fields belongs to that thread. Others give it commands with [#submit], and a
/// command is done between two accepts, so when it is done no accept is under way.
final class AcceptLoop implements Runnable {
    /// How a connection is taken from a listener; tests put one here that fails.
    @FunctionalInterface
    interface Accept {
        /// Null when none waits.
        @Nullable
        SocketChannel from(ServerSocketChannel listener) throws IOException;
    }

    private enum Mode {
        PAUSED, ACCEPTING, SERVING_QUEUE, ENDED
    }

    /// Enough to spread the cost of a select, few enough to be fair to the other members of a group.
    private static final int BATCH = 64;
    private static final long BEAT = 100_000_000L;
    private static final long FOR_EVER = Long.MAX_VALUE;
    private static final System.Logger LOG = System.getLogger(AcceptLoop.class.getName());

    private final String name;
    private final Selector selector;
    private final Accept accept;
    private final ConnectionThreads connections;
    private final Queue<FutureTask<Boolean>> commands = new ConcurrentLinkedQueue<>();
    private final Backoff backoff = new Backoff();
    private final OncePerSecond complaint = new OncePerSecond();
    // Made beforehand: linking a method reference for the first time takes longer than the whole pause may.
    private final Runnable pausing = this::pause;
    private final Runnable resuming = this::resume;
    private Mode mode = Mode.PAUSED;
    private @Nullable QueueService queueService;
    private boolean busy;

    private volatile boolean beating;
    private volatile boolean ended;
    private volatile long lastPass = System.nanoTime();
    private volatile long lastAccept;
    private volatile long acceptingSince;

    /// @param selector with the listener's channels registered and their interest 0; the loop closes it
    AcceptLoop(String name, Selector selector, Accept accept, ConnectionThreads connections) {
        this.name = name;
        this.selector = selector;
        this.accept = accept;
        this.connections = connections;
    }

    long lastPass() {
        return lastPass;
    }

    long lastAccept() {
        return lastAccept;
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

    FutureTask<Boolean> submitPause() {
        return submit(pausing);
    }

    FutureTask<Boolean> submitResume() {
        return submit(resuming);
    }

    // Commands: to be submitted.

    void resume() {
        if (mode != Mode.ENDED) {
            mode = Mode.ACCEPTING;
            if (!backoff.isActive()) {
                interest(SelectionKey.OP_ACCEPT);
            }
            acceptingSince = System.nanoTime();
        }
    }

    /// Takes the interest away: a key that is left set would make select return at once as long as a
    /// connection waits, which is all the time that the successor is on trial.
    void pause() {
        if (mode != Mode.ENDED) {
            mode = Mode.PAUSED;
            interest(0);
        }
    }

    void serveQueue(QueueService service) {
        if (mode != Mode.ENDED) {
            resume();
            mode = Mode.SERVING_QUEUE;
            queueService = service;
        }
    }

    /// Deregisters before anybody closes the channels: an epoll registration belongs to the open file
    /// description, which another process may keep alive, and would wake this selector for ever.
    void end() {
        if (mode == Mode.ENDED) {
            return;
        }
        mode = Mode.ENDED;
        selector.keys().forEach(SelectionKey::cancel);
        try {
            selector.selectNow();
            selector.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "listener " + name + ": closing its selector", e);
        }
    }

    @Override
    public void run() {
        try {
            while (mode != Mode.ENDED) {
                runOnce();
            }
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
            mode = Mode.ENDED;
        } catch (Throwable e) { // an acceptor that dies is a server that is down
            if (mode == Mode.ENDED) {
                LOG.log(System.Logger.Level.WARNING, "listener " + name + ": ending its acceptor", e);
            } else {
                failed(e);
            }
        }
    }

    private void pass() throws IOException {
        select();
        Thread.interrupted(); // an interrupt would make every select return at once
        lastPass = System.nanoTime();
        busy = false;
        for (FutureTask<Boolean> task = commands.poll(); task != null; task = commands.poll()) {
            busy = true;
            task.run();
        }
        switch (mode) {
            case ACCEPTING -> {
                rearm();
                selector.selectedKeys().forEach(this::acceptBatch);
            }
            case SERVING_QUEUE -> serveQueue();
            case PAUSED, ENDED -> {
                // nothing may be accepted
            }
        }
        if (mode != Mode.ENDED) {
            selector.selectedKeys().clear();
        }
    }

    private void select() throws IOException {
        long wait = beating ? BEAT : FOR_EVER;
        if (beating && busy) {
            wait = 0; // a beat right after start or resume: the shortest probation waits for it
        }
        if (mode != Mode.PAUSED && backoff.isActive()) {
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

    private void rearm() {
        if (backoff.isOver(System.nanoTime())) {
            interest(SelectionKey.OP_ACCEPT);
        }
    }

    private void serveQueue() {
        QueueService service = queueService;
        if (service == null) {
            return;
        }
        rearm();
        // Not only the selected ones: "the queue is empty" must be the answer of each.
        selector.keys().forEach(this::acceptBatch);
        boolean answered = !busy && !backoff.isActive() && commands.isEmpty();
        if (service.isOver(System.nanoTime(), answered)) {
            queueService = null;
            end();
            service.then().run();
        }
    }

    /// Accepts what waits, unless a command came: pausing must not wait for a batch.
    private void acceptBatch(SelectionKey key) {
        ServerSocketChannel listener = (ServerSocketChannel) key.channel();
        for (int i = 0; i < BATCH && mayAccept() && key.isValid(); i++) {
            try {
                SocketChannel connection = accept.from(listener);
                if (connection == null) {
                    return;
                }
                busy = true;
                lastAccept = System.nanoTime();
                backoff.reset();
                connections.serve(connection);
            } catch (ClosedChannelException e) {
                key.cancel();
                return;
            } catch (IOException e) {
                failed(e);
                return;
            }
        }
    }

    private boolean mayAccept() {
        return commands.isEmpty() && !backoff.isActive();
    }

    /// The JDK does not tell EMFILE from other errors; all of them are treated as a shortage that will pass.
    private void failed(Throwable e) {
        long now = System.nanoTime();
        backoff.failed(now);
        interest(0);
        if (complaint.isDue()) {
            complain(e, backoff.remaining(now));
        }
    }

    private void complain(Throwable e, long remaining) {
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
            e.addSuppressed(unsaid);
        }
    }

    private void interest(int operations) {
        for (SelectionKey key : selector.keys()) {
            if (key.isValid()) {
                key.interestOps(operations);
            }
        }
    }
}
