package dev.ecdysis.internal.accept;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.spi.Drainable;

/// Asks and tells a drainable of the application's, whatever that throws: the drain must end.
public final class CarefulDrainable {
    private static final System.Logger LOG = Log.of(CarefulDrainable.class);

    private CarefulDrainable() {
    }

    /// Nothing when it cannot say.
    public static long remaining(Drainable drainable) {
        try {
            return Math.max(0, drainable.remaining());
        } catch (Throwable e) { // an Error too
            LOG.log(System.Logger.Level.WARNING, "a drainable cannot say how much it has left", e);
            return 0;
        }
    }

    public static void announce(Drainable drainable) {
        quietly("announce the end", drainable::announce);
    }

    /// Tells it, if it has anything left.
    public static void cutOff(Drainable drainable) {
        if (remaining(drainable) > 0) {
            quietly("cut off", drainable::cutOff);
        }
    }

    private static void quietly(String what, Runnable action) {
        try {
            action.run();
        } catch (Throwable e) { // an Error too
            LOG.log(System.Logger.Level.WARNING, "a drainable could not " + what, e);
        }
    }
}
