package dev.ecdysis.internal.log;

import java.util.HashMap;
import java.util.Map;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// java.util.logging, told what [System.Logger] has no words for: when and by whom a line was said. It would find the
/// present time and this package itself.
final class JavaLogging implements Destination {
    /// The manager forgets a logger, and the level that it was given, when nobody holds it.
    private final Map<String, Logger> loggers = new HashMap<>();

    private Logger logger(Line line) {
        return loggers.computeIfAbsent(line.logger().getName(), Logger::getLogger);
    }

    @Override
    public boolean isStandardError(Line line) {
        Logger said = logger(line);
        if (!said.isLoggable(level(line.level()))) {
            return false;
        }
        for (Logger it = said; it != null; it = next(it)) {
            for (Handler handler : it.getHandlers()) {
                if (handler instanceof ConsoleHandler) {
                    return true;
                }
            }
        }
        return false;
    }

    private static @Nullable Logger next(Logger logger) {
        return logger.getUseParentHandlers() ? logger.getParent() : null;
    }

    @Override
    public void write(Line line) {
        LogRecord made = new LogRecord(level(line.level()), line.message());
        made.setLoggerName(line.logger().getName());
        made.setSourceClassName(line.logger().getName());
        made.setSourceMethodName(null); // or it is looked for on this thread's stack
        made.setInstant(line.when());
        made.setLongThreadID(line.thread());
        made.setParameters(line.arguments());
        made.setResourceBundle(line.bundle());
        made.setThrown(line.thrown());
        logger(line).log(made);
    }

    /// As [System.Logger.Level] has them.
    private static Level level(System.Logger.Level level) {
        return switch (level) {
            case ALL -> Level.ALL;
            case TRACE -> Level.FINER;
            case DEBUG -> Level.FINE;
            case INFO -> Level.INFO;
            case WARNING -> Level.WARNING;
            case ERROR -> Level.SEVERE;
            case OFF -> Level.OFF;
        };
    }
}
