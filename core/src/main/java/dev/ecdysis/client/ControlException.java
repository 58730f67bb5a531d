package dev.ecdysis.client;

import java.io.IOException;

/// A control socket that could not be used.
public final class ControlException extends IOException {
    private static final long serialVersionUID = 1L;

    /// What went wrong, for programs that must tell the cases apart.
    public enum Reason {
        /// Nothing listens there: no such path, nobody behind it, or a time limit passed.
        UNREACHABLE,
        /// The server answered and turned us away: another user, or an unknown request.
        REFUSED,
        /// Somebody else may be listening there: nothing was sent.
        UNTRUSTED,
        /// What came back were not frames of this protocol, or the connection ended in the middle.
        PROTOCOL
    }

    private final Reason reason;

    /// @param message one line that says what to do
    public ControlException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public ControlException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /// What kind of failure it is.
    public Reason reason() {
        return reason;
    }
}
