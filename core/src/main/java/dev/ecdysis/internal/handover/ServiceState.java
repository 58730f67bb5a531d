package dev.ecdysis.internal.handover;

/// What a service manager is told of this process.
public enum ServiceState {
    /// It serves, is there to stay, and nobody else says so.
    SERVING,
    /// It serves and is there to stay, as its predecessor says, who may speak for the service until then.
    COMMITTED,
    /// Its successor serves and is there to stay. From now on this process says nothing.
    REPLACED,
    /// It was stopped, and drains.
    STOPPING
}
