package dev.ecdysis.internal.log;

import java.time.Duration;

/// Where the library's classes get their loggers: such a logger hands its lines to a thread of its own.
///
/// Whoever logs may be a thread that must not wait, such as the event loop's or an acceptor's; and a line that goes to
/// standard error waits for ever when that is a full pipe that nobody reads.
public final class Log {
    /// What the last lines may take at an end: whoever reads them does so within milliseconds.
    private static final Duration AT_THE_END = Duration.ofSeconds(1);
    private static final LogQueue QUEUE = new LogQueue(Destinations::ofThisProcess, Log::flushAtExit);

    private Log() {
    }

    /// A logger with the name of a class. Nothing that it is told to log makes it wait, nor throw: a line for which there
    /// is no room or no memory is dropped and counted, and the next one that is written is followed by how many there
    /// were. Only whoever makes a line of several parts may be without memory for that himself.
    public static System.Logger of(Class<?> type) {
        return new QueuedLogger(type.getName(), QUEUE);
    }

    /// Lines that end at standard error wait until it takes some more, each before it is formatted and before a lock of
    /// the logging framework is taken: the shutdown hook of java.util.logging would wait for that lock.
    public static void heed(Readiness standardError) {
        QUEUE.heed(standardError);
    }

    /// For an exit that nobody announced to us. java.util.logging closes its handlers at the same time.
    private static void flushAtExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(Log::flush, "ecdysis-log-flush"));
    }

    /// Waits until what was logged before has been written, for a second at most, and not a second time for the same
    /// line. Before an end; not on the loop's thread.
    ///
    /// @return whether it has been written
    public static boolean flush() {
        return QUEUE.flush(AT_THE_END);
    }
}
