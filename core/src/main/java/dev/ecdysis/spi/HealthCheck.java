package dev.ecdysis.spi;

/// What a successor on probation is asked repeatedly.
@FunctionalInterface
public interface HealthCheck {
    /// Returns when this process can serve. It runs on a virtual thread; one that does not return counts as silence.
    ///
    /// @throws Exception when it cannot: the upgrade is rolled back with the exception's message as the reason
    void check() throws Exception;
}
