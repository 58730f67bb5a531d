package dev.ecdysis.examples;

/// The command line, or a file that it names, cannot be understood. The message is one line.
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }

    UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
