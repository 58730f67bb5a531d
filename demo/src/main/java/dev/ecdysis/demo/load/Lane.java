package dev.ecdysis.demo.load;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/// All requests of one mode and their connections. Requests start in the order in which they were due, so the
/// oldest is always first and patience needs no timers.
final class Lane {
    /// How long after a response that announced the end the server may take to close, before we do.
    private static final long LINGER_NANOS = 1_000_000_000;

    private final Mode mode;
    private final LoadPlan plan;
    private final Selector selector;
    private final Recorder recorder;
    private final long startNanos;
    private final int connectionsAtMost;
    private final ByteBuffer request;
    private final ByteBuffer probe = ByteBuffer.allocateDirect(1);
    private final Deque<Long> pending = new ArrayDeque<>();
    private final SequencedSet<Connection> underWay = new LinkedHashSet<>();
    private final SequencedSet<Connection> idle = new LinkedHashSet<>();
    private final SequencedSet<Connection> lingering = new LinkedHashSet<>();

    Lane(Mode mode, LoadPlan plan, Selector selector, Recorder recorder, long startNanos) {
        this.mode = mode;
        this.plan = plan;
        this.selector = selector;
        this.recorder = recorder;
        this.startNanos = startNanos;
        boolean kept = mode == Mode.KEEP_ALIVE;
        connectionsAtMost = kept ? plan.keepAliveConnections() : plan.connectionsAtMost();
        byte[] bytes = ("GET " + plan.path() + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ecdysis-demo\r\n"
                + (kept ? "" : "Connection: close\r\n") + "\r\n").getBytes(StandardCharsets.US_ASCII);
        request = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /// Adds a request. It is sent by the next [#sendPending()].
    void add(long due) {
        pending.add(due);
    }

    /// Sends what can be sent: a kept connection that is free comes first, then a new one.
    void sendPending() {
        while (!pending.isEmpty()) {
            if (!idle.isEmpty()) {
                Connection connection = idle.removeFirst();
                if (connection.isUsable(probe)) {
                    underWay.add(connection);
                    connection.sendAnother(pending.removeFirst());
                }
            } else if (underWay.size() < connectionsAtMost) {
                open(pending.removeFirst());
            } else {
                return;
            }
        }
    }

    /// Gives up what has taken longer than patience allows, and closes what lingers for too long.
    void expire(long now) {
        long tooLong = now - plan.patience().toNanos();
        while (!underWay.isEmpty() && underWay.getFirst().due() <= tooLong) {
            underWay.getFirst().expire();
        }
        while (!pending.isEmpty() && pending.getFirst() <= tooLong) {
            record(pending.removeFirst(), FailureKind.TIMEOUT, "waited for a free connection");
        }
        while (!lingering.isEmpty() && lingering.getFirst().lingersUntil() <= now) {
            lingering.removeFirst().close();
        }
    }

    /// Whether every request so far has its outcome.
    boolean isDone() {
        return pending.isEmpty() && underWay.isEmpty();
    }

    SelectionKey register(SocketChannel channel, int interest, Connection connection) throws IOException {
        return channel.register(selector, interest, connection);
    }

    /// The request's bytes from a position on; the same buffer each time.
    ByteBuffer request(int from) {
        return request.position(from);
    }

    int requestLength() {
        return request.limit();
    }

    /// Records the answer and says whether the connection is kept for another request.
    boolean answered(Connection connection, int generation, boolean closes) {
        underWay.remove(connection);
        recorder.answered(connection.due(), now(), generation);
        if (mode == Mode.NEW_CONNECTION) {
            return false;
        }
        if (closes) {
            recorder.reopened();
            return false;
        }
        idle.add(connection);
        return true;
    }

    /// Takes a connection that the server is to close, and says until when it may take for that.
    long linger(Connection connection) {
        lingering.add(connection);
        return now() + LINGER_NANOS;
    }

    /// A connection ended that carried no request.
    void endedUnused(Connection connection, boolean wasIdle) {
        if (wasIdle) {
            recorder.reopened();
        }
        idle.remove(connection);
        lingering.remove(connection);
    }

    void lost(Connection connection, FailureKind kind, String detail) {
        underWay.remove(connection);
        record(connection.due(), kind, detail);
    }

    private void open(long due) {
        SocketAddress target = plan.target();
        SocketChannel channel;
        try {
            recorder.opened();
            channel = target instanceof UnixDomainSocketAddress
                    ? SocketChannel.open(StandardProtocolFamily.UNIX)
                    : SocketChannel.open();
            channel.configureBlocking(false);
        } catch (IOException e) {
            record(due, FailureKind.OTHER, "socket: " + e.getMessage());
            return;
        }
        Connection connection = new Connection(this, channel, due);
        underWay.add(connection);
        connection.connect(target);
    }

    private void record(long due, FailureKind kind, String detail) {
        recorder.failed(new Failure(Duration.ofNanos(due), Duration.ofNanos(now()), kind, mode, detail));
    }

    private long now() {
        return System.nanoTime() - startNanos;
    }
}
