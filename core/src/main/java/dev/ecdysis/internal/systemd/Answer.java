package dev.ecdysis.internal.systemd;

/// What came of asking systemd for a unit.
sealed interface Answer {
    /// It answered.
    record Told(UnitProperties properties) implements Answer {
    }

    /// It did not, or with something else.
    ///
    /// @param why one line
    record Silent(String why) implements Answer {
    }
}
