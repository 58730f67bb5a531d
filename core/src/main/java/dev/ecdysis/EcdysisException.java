package dev.ecdysis;

import java.io.IOException;

/// A start that cannot succeed as things are: an address in use, native access denied, a control socket that somebody
/// else holds. The message is one line that names the object, the cause, and what to do about it.
///
/// Nothing was changed by the call that threw this: what it had opened is closed again.
public final class EcdysisException extends IOException {
    private static final long serialVersionUID = 1L;

    /// @param message one line that says what to do
    public EcdysisException(String message) {
        super(message);
    }

    /// @param message one line that says what to do
    /// @param cause what the kernel or the JDK said
    public EcdysisException(String message, Throwable cause) {
        super(message, cause);
    }
}
