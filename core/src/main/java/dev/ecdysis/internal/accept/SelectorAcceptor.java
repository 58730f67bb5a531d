package dev.ecdysis.internal.accept;

import dev.ecdysis.ConnectionHandler;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.spi.Acceptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Accepts from all sockets of a listener on one thread, and serves each connection on a virtual thread of
/// its own.
///
/// Pausing takes as long as one accept and loses nothing: the thread is kept from beginning another, never
/// interrupted. The listener's channels become non-blocking and stay so, even
/// after [#close()], because the open file description is shared with the other generation.
///
/// Not thread-safe, as [Acceptor] says; but what only reads, and [#beat], may be called from any thread.
public final class SelectorAcceptor implements Acceptor {
    /// Far more than the thread ever needs between two accepts, on a machine that is too busy as well.
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final System.Logger LOG = Log.of(SelectorAcceptor.class);

    private final String name;
    private final List<ServerSocketChannel> channels;
    private final AcceptLoop.Accept accept;
    private final ConnectionThreads connections;
    private final long created = System.nanoTime();
    // Of the application's thread, not of the engine's that starts this: connections' threads inherit it, and
    // in an executable jar with jars inside, only this one finds the application's classes.
    private final @Nullable ClassLoader contextLoader = Thread.currentThread().getContextClassLoader();
    private volatile @Nullable AcceptLoop loop;
    private volatile boolean beating;

    /// @param live where its connections are counted
    public SelectorAcceptor(String name, List<ServerSocketChannel> channels, ConnectionHandler handler,
            LiveConnections live) {
        this(name, channels, new ConnectionThreads(name, handler, live), ServerSocketChannel::accept);
    }

    SelectorAcceptor(String name, List<ServerSocketChannel> channels, ConnectionThreads connections,
            AcceptLoop.Accept accept) {
        this.name = name;
        this.channels = List.copyOf(channels);
        this.connections = connections;
        this.accept = accept;
        AcceptorWarmUp.begin();
    }

    /// Makes everything ready, and accepts nothing yet: [#start()] is then as quick as [#resume()]. Without
    /// effect when it is.
    public void prepare() throws IOException {
        if (loop != null) {
            return;
        }
        AcceptorWarmUp.await();
        AcceptLoop started = new AcceptLoop(name, open(), accept, connections);
        try {
            Thread thread = Thread.ofPlatform().daemon().name("ecdysis-accept-" + name)
                    .inheritInheritableThreadLocals(false).unstarted(started);
            thread.setContextClassLoader(contextLoader);
            thread.start();
        } catch (OutOfMemoryError e) { // the limit of threads is reported as this
            started.end();
            throw new IOException("listener " + name + ": no thread can be started for it", e);
        }
        loop = started;
        started.beat(beating);
        await(started.submit(() -> {
            // it runs
        }), "start");
    }

    @Override
    public void start() throws IOException {
        prepare();
        resume();
    }

    private Selector open() throws IOException {
        Selector selector = Selector.open();
        try {
            for (ServerSocketChannel channel : channels) {
                channel.configureBlocking(false);
                channel.register(selector, 0);
            }
            return selector;
        } catch (IOException | RuntimeException e) {
            selector.close();
            throw e;
        }
    }

    @Override
    public void pause() throws IOException {
        AcceptLoop running = loop;
        try {
            if (running != null && !running.pause(ANSWER)) {
                throw tooLate("pause", null);
            }
        } catch (InterruptedException e) {
            throw interrupted("pause");
        }
    }

    @Override
    public void resume() throws IOException {
        AcceptLoop running = loop;
        // Not waited for: what waits is accepted by then, and that the thread goes round is for its heartbeat to show.
        if (running == null || running.resume(channels).isCancelled()) {
            throw new IOException("listener " + name + " cannot resume: it "
                    + (running == null ? "was never started" : "has been closed"));
        }
    }

    /// Accepts until the queue is empty and has been so for a while, then deregisters from the channels and
    /// ends. Returns at once.
    ///
    /// @param quiet for how long no connection may have come
    /// @param atMost when to end although the queue is not empty
    /// @param then what to do afterwards, on the acceptor's thread
    public void serveQueue(Duration quiet, Duration atMost, Runnable then) {
        AcceptLoop running = loop;
        if (running == null) {
            then.run();
            return;
        }
        QueueService service = new QueueService(quiet, atMost, then);
        running.serveQueue(service);
    }

    @Override
    public void close() {
        AcceptLoop running = loop;
        if (running == null) {
            return;
        }
        try {
            await(running.submit(running::end), "stop accepting");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, e.getMessage(), e);
        }
    }

    /// Whether the accept loop goes round at least every 100 ms, so that [#lastStepNanos()] tells whether it
    /// is alive. Off, it sleeps until a connection comes.
    public void beat(boolean on) {
        beating = on;
        AcceptLoop running = loop;
        if (running != null) {
            running.beat(on);
        }
    }

    /// When the accept loop last went round, as [System#nanoTime()] counts.
    public long lastStepNanos() {
        AcceptLoop running = loop;
        return running == null ? created : running.lastStep();
    }

    /// When [#start()] or [#resume()] last took effect, 0 if none has.
    public long acceptingSinceNanos() {
        AcceptLoop running = loop;
        return running == null ? 0 : running.acceptingSince();
    }

    /// Whether the loop did it; false when it has ended.
    private boolean await(FutureTask<Boolean> task, String what) throws IOException {
        try {
            return task.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (CancellationException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IOException("listener " + name + " could not " + what, e.getCause());
        } catch (TimeoutException e) {
            throw tooLate(what, e);
        } catch (InterruptedException e) {
            throw interrupted(what);
        }
    }

    private IOException tooLate(String what, @Nullable Throwable cause) {
        return new IOException(
                "listener " + name + " did not " + what + " within " + ANSWER.toSeconds() + " s", cause);
    }

    private InterruptedIOException interrupted(String what) {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while listener " + name + " was to " + what);
    }
}
