package dev.ecdysis;

/// Told about the steps of an upgrade, on one library thread, in order. Exceptions are logged.
public interface UpgradeObserver {
    /// A phase begins, in either process.
    ///
    /// @param generation the successor's generation; of [Phase#DRAINING], the one that drains
    /// @param detail one line: `pid N` from the successor's start to its probation, how many connections there are
    ///        when the drain begins; may be empty
    default void phase(Phase phase, int generation, String detail) {
    }

    /// An upgrade that this process had been asked for has ended.
    default void result(UpgradeResult result) {
    }
}
