package dev.ecdysis.internal.posix;

/// System calls cannot be made here: native access is denied, or this is not a 64-bit Linux on x86-64 or aarch64.
/// The message is one line that says which, and what to do about it.
public final class PosixUnavailableException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1L;

    public PosixUnavailableException(String message) {
        super(message);
    }

    public PosixUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
