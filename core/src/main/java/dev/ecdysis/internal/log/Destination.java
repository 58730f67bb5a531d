package dev.ecdysis.internal.log;

/// What writes lines. On the log's thread only.
interface Destination {
    /// Whether this line would be written to standard error.
    boolean isStandardError(Line line);

    /// May wait for whoever reads the log.
    void write(Line line);
}
