package dev.ecdysis.bench;

/// There is nothing to measure: a server does not start, or is lost.
final class BenchException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param message what to do, the first line on its own
    BenchException(String message) {
        super(message);
    }
}
