package dev.ecdysis.internal.accept;

import dev.ecdysis.ConnectionHandler;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.thread.Survival;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Gives each accepted connection to the handler on a virtual thread of its own.
final class ConnectionThreads {
    private static final System.Logger LOG = Log.of(ConnectionThreads.class);
    /// What the JDK makes of EPIPE and ECONNRESET, which have no exception of their own.
    private static final Set<String> HANGING_UP = Set.of("Broken pipe", "Connection reset by peer");

    private final String listener;
    private final ConnectionHandler handler;
    private final LiveConnections live;
    private final ThreadFactory threads;
    private final AtomicLong turnedAway = new AtomicLong();
    private final OncePerSecond warning = new OncePerSecond();
    private final Survival survival = new Survival(LOG, "a connection was turned away");

    ConnectionThreads(String listener, ConnectionHandler handler, LiveConnections live) {
        this(listener, handler, live, Thread.ofVirtual().name("ecdysis-" + listener + "-", 0).factory());
    }

    /// For tests: threads that cannot be started.
    ConnectionThreads(String listener, ConnectionHandler handler, LiveConnections live,
            ThreadFactory threads) {
        this.listener = listener;
        this.handler = handler;
        this.live = live;
        this.threads = threads;
    }

    /// Takes over an accepted connection. It is live when this returns, although its thread may not run yet:
    /// a drain that begins now waits for it. Never throws, and waits for nothing.
    ///
    /// @return why it cannot be served, and is to be [turned away][#turnAway]; null when it is
    @Nullable
    Throwable serve(SocketChannel connection) {
        try {
            live.add(connection);
            threads.newThread(new Service(connection)).start();
            return null;
        } catch (Throwable e) { // no memory or no threads: later ones may fare better
            return e;
        }
    }

    /// Without memory what is said about it fails, too; it is counted all the same. May wait for memory.
    void turnAway(SocketChannel connection, Throwable why) {
        turnedAway.incrementAndGet();
        if (why instanceof VirtualMachineError) {
            Survival.noteShortage();
        }
        try {
            live.end(connection);
            if (warning.isDue()) {
                LOG.log(System.Logger.Level.WARNING, "listener " + listener + ": closed " + turnedAway.get()
                        + " connections so far because no thread could be started for them", why);
            }
        } catch (Throwable unsaid) {
            survival.failed(unsaid);
        }
    }

    /// No lambda: one that is linked for the first time without memory could never be made again.
    private final class Service implements Runnable {
        private final SocketChannel connection;

        private Service(SocketChannel connection) {
            this.connection = connection;
        }

        @Override
        public void run() {
            serveOn(connection);
        }
    }

    private void serveOn(SocketChannel connection) {
        try {
            handler.handle(connection);
        } catch (Throwable e) { // whatever the handler does ends its own connection only
            if (e instanceof VirtualMachineError) {
                Survival.awaitMemory(); // also for what is said about it
            }
            log(e);
        } finally {
            live.end(connection);
        }
    }

    private void log(Throwable e) {
        boolean ordinary = live.isCutOff() || isPeersDoing(e);
        LOG.log(ordinary ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                "listener " + listener + ": the connection handler threw", e);
    }

    /// Whether the other side hung up, which any client may do at any time and is no reason to fill a log.
    private static boolean isPeersDoing(Throwable e) {
        return e instanceof ClosedChannelException || e instanceof SocketException
                || (e instanceof IOException && HANGING_UP.contains(String.valueOf(e.getMessage())));
    }
}
