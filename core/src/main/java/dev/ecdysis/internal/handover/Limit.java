package dev.ecdysis.internal.handover;

/// Which of the durations of a [Timer] counts. The engine knows them.
public enum Limit {
    USUAL,
    /// Of silence, before the first beat: the successor takes what only one may hold, which may need its time.
    FIRST_BEAT,
    /// Of probation, once it is over and only a healthy beat is missing: as long as a health check may take, and
    /// generously longer, because the successor refuses by itself at that limit.
    HEALTH_CHECK
}
