package dev.ecdysis.demo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One replacement of the server, by an upgrade or by stop and start.
///
/// @param from when it was triggered, since the load's start
/// @param to when it was over: the upgrade committed or turned away, or the new process serving
/// @param outcome how it came out
/// @param toCutover from the trigger until the old process had stopped accepting
/// @param pause for how long nobody accepted
/// @param text one line for people
/// @param lastWords what a new process that crashed wrote last
record Change(Duration from, Duration to, Outcome outcome, Optional<Duration> toCutover,
        Optional<Duration> pause,
        String text, List<String> lastWords) {
    /// What a replacement costs may come a little after it, when what had waited is served.
    private static final Duration AFTERMATH = Duration.ofMillis(500);

    /// How a replacement came out.
    enum Outcome {
        /// A new process serves.
        DONE,
        /// The new version was bad on purpose, and the old process went on serving.
        TURNED_AWAY,
        /// Anything else.
        FAILED
    }

    Change {
        lastWords = List.copyOf(lastWords);
    }

    /// Whether a moment belongs to this replacement, its aftermath included.
    boolean covers(Duration moment) {
        return moment.compareTo(from) >= 0 && moment.compareTo(to.plus(AFTERMATH)) <= 0;
    }
}
