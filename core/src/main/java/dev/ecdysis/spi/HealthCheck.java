package dev.ecdysis.spi;

/// What a successor on probation is asked repeatedly.
@FunctionalInterface
public interface HealthCheck {
    /// Returns when this process can serve. It runs on a platform thread of its own, and never twice at the same time;
    /// when it does not return within [dev.ecdysis.Ecdysis.Builder#healthCheckTimeout] the upgrade is rolled back, and its
    /// thread is interrupted.
    ///
    /// @throws Exception when it cannot: the upgrade is rolled back with the exception's message as the reason
    void check() throws Exception;
}
