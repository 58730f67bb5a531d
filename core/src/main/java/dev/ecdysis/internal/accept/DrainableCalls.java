package dev.ecdysis.internal.accept;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.spi.DrainContext;
import dev.ecdysis.spi.Drainable;

/// The calls to a drainable of the application's, whatever that throws: the drain must end.
public final class DrainableCalls {
    private static final System.Logger LOG = Log.of(DrainableCalls.class);

    private DrainableCalls() {
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

    /// No when it cannot say: then it is asked now and then.
    public static boolean signals(Drainable drainable) {
        try {
            return drainable.signals();
        } catch (Throwable e) { // an Error too
            LOG.log(System.Logger.Level.WARNING, "a drainable cannot say whether it signals", e);
            return false;
        }
    }

    public static void drain(Drainable drainable, DrainContext context) {
        quietly("begin to drain", () -> drainable.drain(context));
    }

    /// What stands for it when it cannot say its name is that of its class.
    public static String name(Drainable drainable) {
        try {
            return drainable.name();
        } catch (Throwable e) { // an Error too: without an answer the drain would wait for its deadline
            LOG.log(System.Logger.Level.WARNING, "a drainable cannot say its name", e);
            return drainable.getClass().getName();
        }
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
