package dev.ecdysis.internal.resources;

/// A step of a handover that could not be done; the message is one line.
final class StepException extends Exception {
    private static final long serialVersionUID = 1L;

    StepException(String message) {
        super(message);
    }

    StepException(String message, Throwable cause) {
        super(message, cause);
    }
}
