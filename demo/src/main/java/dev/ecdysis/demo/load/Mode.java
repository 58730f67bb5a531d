package dev.ecdysis.demo.load;

/// How a request gets its connection.
public enum Mode {
    /// A connection of its own, which the server is asked to close.
    NEW_CONNECTION,
    /// One of a fixed number of connections that are used again and again.
    KEEP_ALIVE
}
