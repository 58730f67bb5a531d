package dev.ecdysis.internal.wire;

import java.io.IOException;

/// Bytes that are not this protocol, or a message that does not fit into it. The connection they came from
/// cannot be used any more: where the next frame begins is unknown.
public final class WireException extends IOException {
    private static final long serialVersionUID = 1L;

    /// @param message one line that says what was found and what is allowed
    public WireException(String message) {
        super(message);
    }

    WireException(String message, Throwable cause) {
        super(message, cause);
    }
}
