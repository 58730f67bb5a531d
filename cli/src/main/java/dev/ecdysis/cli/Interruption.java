package dev.ecdysis.cli;

/// Tells when somebody ends this process, with Ctrl-C for instance, while a server works on what it was asked
/// for.
@FunctionalInterface
interface Interruption {
    /// From now until the returned handle is closed, an end of this process runs the action first.
    Handle during(Runnable action);

    /// Takes the action back.
    interface Handle extends AutoCloseable {
        @Override
        void close();
    }

    /// A shutdown hook per wait: SIGINT, SIGTERM and SIGHUP all come through it, and the JVM keeps its own
    /// exit status of 128 plus the signal's number.
    static Interruption byShutdownHook() {
        return action -> {
            Thread hook = Thread.ofPlatform().name("ecdysis-interrupted").unstarted(action);
            Runtime.getRuntime().addShutdownHook(hook);
            return () -> remove(hook);
        };
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The JVM is already shutting down: the hook runs, or ran.
        }
    }
}
