package dev.ecdysis.internal.control;

import java.time.Duration;

/// The predecessor of a server whose upgrade is not decided: a stop ends it too, and the server does not wait for it.
///
/// @param pid its process
/// @param drain how long it may drain
public record PredecessorProcess(long pid, Duration drain) {
}
