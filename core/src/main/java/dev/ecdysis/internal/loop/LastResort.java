package dev.ecdysis.internal.loop;

import java.util.function.Supplier;

/// Logs where nothing may be thrown: what comes after it must happen.
///
/// Logging can fail like everything else, with the jar overwritten in place or without memory, and so can making the text.
public final class LastResort {
    private LastResort() {
    }

    @SuppressWarnings("EmptyCatch") // there is nobody left to tell, and whatever else is tried may fail as well
    public static void log(System.Logger logger, Supplier<String> what, Throwable why) {
        try {
            logger.log(System.Logger.Level.ERROR, what.get(), why);
        } catch (Throwable unsaid) {
            // See above.
        }
    }
}
