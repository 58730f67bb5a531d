package dev.ecdysis.internal.handover;

/// What a service manager is told of this process.
public enum ServiceState {
    /// It serves, and may yet be given up.
    ON_PROBATION,
    /// It serves, and is there to stay.
    SERVING,
    /// It was stopped, and drains.
    STOPPING
}
