package dev.ecdysis;

import java.nio.channels.SocketChannel;

/// Serves one accepted connection, on a virtual thread of its own.
@FunctionalInterface
public interface ConnectionHandler {
    /// Serves the connection until it has ended. The channel is in blocking mode; it is closed when this returns or
    /// throws, and by the library when the drain deadline has passed. An exception is logged and ends this
    /// connection only.
    void handle(SocketChannel connection) throws Exception;
}
