package dev.ecdysis.internal.posix;

import java.io.IOException;
import java.util.Optional;

/// A system call that failed: which one, on what, and why.
public final class PosixException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final Errno errno;

    /// @param call the C name of the call, such as `bind`
    /// @param object what it was called on, in words a reader of a log understands
    public PosixException(String call, String object, Errno errno) {
        super(call + "(" + object + "): " + errno);
        this.call = call;
        this.errno = errno;
    }

    /// What a failure comes from, if it is a system call.
    public static Optional<Errno> behind(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PosixException call) {
                return Optional.of(call.errno());
            }
        }
        return Optional.empty();
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    public String call() {
        return call;
    }

    public Errno errno() {
        return errno;
    }

    public boolean is(Errno candidate) {
        return errno.equals(candidate);
    }
}
