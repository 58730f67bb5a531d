package dev.ecdysis.internal.log;

import org.jspecify.annotations.Nullable;

/// Logs where nothing may be thrown: what comes after it must happen.
///
/// Logging can fail like everything else, with the jar overwritten in place or without memory, and so can making the text:
/// hence it is made here, and callers pass no lambda, which would be one more thing to allocate.
public final class SafeLog {
    private SafeLog() {
    }

    /// Logs it if that is possible. Never throws.
    ///
    /// @param what in words
    /// @param subject what follows them; null for nothing
    @SuppressWarnings("EmptyCatch") // there is nobody left to tell, and whatever else is tried may fail as well
    public static void log(System.Logger logger, String what, @Nullable Object subject, Throwable why) {
        try {
            logger.log(System.Logger.Level.ERROR, subject == null ? what : what + " " + subject, why);
        } catch (Throwable unsaid) {
            // See above.
        }
    }
}
