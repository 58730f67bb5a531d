package dev.ecdysis.internal.log;

/// Whether a descriptor takes some more.
@FunctionalInterface
public interface Readiness {
    /// Waits until it does, for no longer than that.
    boolean await(int millis);
}
