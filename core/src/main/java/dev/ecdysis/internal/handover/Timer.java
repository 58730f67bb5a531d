package dev.ecdysis.internal.handover;

/// The time limits of a handover. The engine knows their durations.
public enum Timer {
    /// From the start of the successor until it must be ready.
    READY,
    /// From cutover until the upgrade may be committed; then anew, until the successor's health check must have answered.
    PROBATION,
    /// Since the successor's last heartbeat.
    SILENCE,
    /// Since a successor on probation was asked to let go.
    RECALL,
    /// Since a successor that had not taken over was told that it is not wanted.
    END,
    /// Since the predecessor was lost, until it is known whether it is dead.
    PREDECESSOR_DEATH
}
