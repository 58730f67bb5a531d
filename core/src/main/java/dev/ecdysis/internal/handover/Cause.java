package dev.ecdysis.internal.handover;

/// Why a process drains.
public sealed interface Cause {
    /// A successor serves.
    record Upgraded() implements Cause {
    }

    /// Somebody asked for the end.
    record Stopped(String by) implements Cause {
    }

    /// This successor had taken over and was not kept.
    record RolledBack(String reason) implements Cause {
    }
}
