package dev.ecdysis.internal.accept;

import java.nio.channels.SocketChannel;

/// Lets a benchmark do what an acceptor does for each connection; in this package, as those methods are for
/// nobody else.
public final class LiveConnectionsAccess {
    private LiveConnectionsAccess() {
    }

    /// An accepted connection has its place.
    public static void add(LiveConnections connections, SocketChannel connection) {
        connections.add(connection);
    }

    /// It has ended.
    public static void end(LiveConnections connections, SocketChannel connection) {
        connections.end(connection);
    }
}
