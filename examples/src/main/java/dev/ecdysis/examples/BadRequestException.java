package dev.ecdysis.examples;

/// A request after which the connection cannot be trusted: where the next one begins is unknown, or unwise to
/// believe.
final class BadRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Status status;

    /// Without a stack trace: it is the peer that is wrong, and filling one in costs more than the answer.
    BadRequestException(Status status, String reason) {
        super(reason, null, false, false);
        this.status = status;
    }

    Status status() {
        return status;
    }
}
