package dev.ecdysis.internal.log;

import java.time.Instant;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// A line of the log, as it was told.
///
/// @param logger who tells it
/// @param when it was told, which may be long before it is written
/// @param thread the number of the thread that told it
/// @param parameters for the message, as [java.text.MessageFormat] counts them; null when it is no pattern
record Line(QueuedLogger logger, System.Logger.Level level, Instant when, long thread, @Nullable ResourceBundle bundle,
        @Nullable String message, @Nullable List<@Nullable Object> parameters, @Nullable Throwable thrown) {
    @Nullable
    Object @Nullable [] arguments() {
        return parameters == null ? null : parameters.toArray();
    }
}
