package dev.ecdysis.internal.posix;

import java.io.IOException;

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
