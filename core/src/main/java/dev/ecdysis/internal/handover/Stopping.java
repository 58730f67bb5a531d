package dev.ecdysis.internal.handover;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// Why a process stops.
///
/// @param by who asked
/// @param asked when this process was asked itself, as [System#nanoTime()] counts; empty when it was only told by the
///        other side. Whoever stops a server may signal both of its processes, the group of a terminal or of a service,
///        and each then gets its first
public record Stopping(String by, OptionalLong asked) {
    /// One stop often comes twice: to the process group, and from whoever passes it on to the process. Nobody who saw
    /// the first and wants more is as quick.
    private static final long REPETITION_NANOS = Duration.ofSeconds(1).toNanos();

    /// Whether this process was asked itself.
    boolean here() {
        return asked.isPresent();
    }

    /// When this process was asked, if there is a stop and it was.
    static OptionalLong askedHere(Optional<Stopping> stop) {
        return stop.isPresent() ? stop.get().asked : OptionalLong.empty();
    }

    /// The first time that this process was asked counts.
    Stopping and(Stopping more) {
        return new Stopping(by, here() ? asked : more.asked);
    }

    /// Whether it says the same again rather than more.
    ///
    /// @param firstNanos when the first stop was noted
    /// @param nanos when this one was; not before the first
    public static boolean isRepetition(long firstNanos, long nanos) {
        return nanos - firstNanos < REPETITION_NANOS;
    }
}
