package dev.ecdysis.internal.accept;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.thread.Survival;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The connections of a listener that were accepted and have not ended.
///
/// Thread-safe, made for many: an addition and a removal per connection, and nothing per request.
public final class LiveConnections {
    private static final System.Logger LOG = Log.of(LiveConnections.class);

    private static final int CLOSE_BYTES = 4 * 1024;

    private final Set<SocketChannel> channels = ConcurrentHashMap.newKeySet();
    // Beside the set, because its size is a sum that is not exact while others add and remove: "empty" must
    // be.
    private final AtomicLong count = new AtomicLong();
    private volatile boolean cutOff;
    private volatile @Nullable Runnable onEmpty;

    /// How many there are.
    public long count() {
        return count.get();
    }

    /// Has `callback` run each time the last connection has ended, and at once when there is none. It runs on
    /// the thread that served that connection, so it must not block. Replaces an earlier callback.
    public void onEmpty(Runnable callback) {
        onEmpty = callback;
        if (count.get() == 0) {
            callback.run();
        }
    }

    /// Closes all connections, and from now on each that is added. Their threads end when they notice.
    ///
    /// For good, because a connection that is accepted at the same moment would be missed otherwise.
    public void closeAll() {
        cutOff = true;
        channels.forEach(LiveConnections::closeQuietly);
    }

    boolean isCutOff() {
        return cutOff;
    }

    /// @throws OutOfMemoryError when there is no memory for it; it is not counted then
    void add(SocketChannel connection) {
        boolean added = false;
        count.incrementAndGet();
        try {
            channels.add(connection);
            added = true;
        } finally {
            if (!added) {
                count.decrementAndGet();
            }
        }
        if (cutOff) {
            closeQuietly(connection);
        }
    }

    /// Closes a connection and takes it out; only the first call for it counts. While memory is short it waits for some,
    /// and does without as far as it can: a channel whose close fails for want of memory is closed for all but the system,
    /// and cannot be closed again.
    void end(SocketChannel connection) {
        try {
            if (connection.isOpen()) {
                Survival.awaitMemory(CLOSE_BYTES);
                if (Survival.isWary()) {
                    prepareClose(connection);
                }
            }
            closeQuietly(connection);
        } catch (VirtualMachineError e) {
            Survival.noteShortage(); // this descriptor is lost, and those of later connections are not
            throw e;
        } finally { // without memory that may fail, and a drain would wait for it for ever
            forget(connection);
        }
    }

    private void forget(SocketChannel connection) {
        if (channels.remove(connection) && count.decrementAndGet() == 0) {
            Runnable callback = onEmpty;
            if (callback != null) {
                callback.run();
            }
        }
    }

    /// The JDK closes a channel that is non-blocking without any allocation, and one that blocks with some. It waits for
    /// those who read and write when it makes it so, which is why they are woken up before.
    private static void prepareClose(SocketChannel connection) {
        try {
            connection.shutdownInput();
            connection.shutdownOutput();
            connection.configureBlocking(false);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "before closing a connection", e);
        }
    }

    private static void closeQuietly(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing a connection", e);
        }
    }
}
