package dev.ecdysis.internal.log;

import java.time.Instant;
import java.util.Arrays;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// Puts lines into a queue. Thread-safe.
final class QueuedLogger implements System.Logger {
    private final String name;
    private final LogQueue queue;
    private volatile System.@Nullable Logger target;

    QueuedLogger(String name, LogQueue queue) {
        this.name = name;
        this.queue = queue;
    }

    @Override
    public String getName() {
        return name;
    }

    /// Where its lines end. Found when it is needed: at a start most classes have nothing to say.
    System.Logger target() {
        System.Logger found = target;
        if (found == null) {
            found = System.getLogger(name);
            target = found;
        }
        return found;
    }

    /// From INFO on, whether anybody wants it is found out on the other thread; below, there are too many to try.
    @Override
    public boolean isLoggable(Level level) {
        if (level.getSeverity() >= Level.INFO.getSeverity()) {
            return level != Level.OFF;
        }
        try {
            return target().isLoggable(level);
        } catch (Throwable e) { // the application's; what is told at these levels is not worth an error
            return false;
        }
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String message,
            @Nullable Throwable thrown) {
        if (isLoggable(level)) {
            try {
                queue.add(new Line(this, level, Instant.now(), Thread.currentThread().threadId(), bundle, message, null,
                        thrown));
            } catch (Throwable e) { // there was no memory for it
                queue.drop();
            }
        }
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String format,
            @Nullable Object @Nullable... parameters) {
        if (isLoggable(level)) {
            try {
                queue.add(new Line(this, level, Instant.now(), Thread.currentThread().threadId(), bundle, format,
                        parameters == null ? null : Arrays.asList(parameters), null));
            } catch (Throwable e) { // there was no memory for it
                queue.drop();
            }
        }
    }
}
