package dev.ecdysis.internal.handover;

import java.time.Duration;

/// What a beat of a successor on probation says by the time it is read.
public enum Sign {
    /// Nothing: it tells of a time since when silence may have lasted too long. This process stood still meanwhile.
    STALE,
    /// The successor lives. No reason to commit: it waited, or the health check has not answered.
    ALIVE,
    /// The successor serves, and its health check is content.
    HEALTHY;

    /// What a beat of that age says.
    ///
    /// @param ageNanos how long ago the beat was true; of a clock that is not ours it may be negative
    /// @param content whether the health check had answered, or there is none
    /// @param freshness how old a beat may be to tell of now
    /// @param silence how long a successor may be silent. A beat that is late on a busy machine is younger than that, and
    ///        must not count for nothing
    public static Sign of(long ageNanos, boolean content, Duration freshness, Duration silence) {
        long age = Math.abs(ageNanos);
        if (content && age <= freshness.toNanos()) {
            return HEALTHY;
        }
        return age <= Math.max(freshness.toNanos(), silence.toNanos()) ? ALIVE : STALE;
    }
}
