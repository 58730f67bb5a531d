package dev.ecdysis.spi;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;

/// Told about the steps of an upgrade, on one library thread, in order. Exceptions are logged.
public interface UpgradeObserver {
    /// A phase begins, in either process.
    ///
    /// @param generation the successor's generation
    /// @param detail one line, such as the successor's pid; may be empty
    default void phase(Phase phase, int generation, String detail) {
    }

    /// An upgrade that this process had been asked for has ended.
    default void result(UpgradeResult result) {
    }
}
