package dev.ecdysis.demo.load;

import java.time.Duration;

/// One request that was lost.
///
/// @param due when it should have been sent, since the load's start
/// @param at when it was known to be lost, since the load's start
/// @param kind how
/// @param mode which kind of connection it had
/// @param detail the call that failed and what it said, one line
public record Failure(Duration due, Duration at, FailureKind kind, Mode mode, String detail) {
}
