package dev.ecdysis.internal.loop;

/// Logs where nothing may be thrown: what comes after it must happen.
///
/// Logging can fail like everything else, with the jar overwritten in place or without memory.
public final class LastResort {
    private LastResort() {
    }

    public static void log(System.Logger logger, String what, Throwable why) {
        try {
            logger.log(System.Logger.Level.ERROR, what, why);
        } catch (Throwable unsaid) { // there is nobody left to tell
            why.addSuppressed(unsaid);
        }
    }
}
