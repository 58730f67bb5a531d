package dev.ecdysis.status;

import dev.ecdysis.Phase;
import java.time.Duration;
import java.util.OptionalLong;

/// How far an upgrade or a stop has come.
///
/// @param phase what is under way
/// @param generation the generation that the phase belongs to: the successor's, or while draining the one that drains
/// @param pid that generation's process; empty as long as there is none
/// @param elapsed since the request
/// @param connections while draining, how many connections have not ended yet; else 0
/// @param detail one line, may be empty
public record Progress(Phase phase, int generation, OptionalLong pid, Duration elapsed, long connections,
        String detail) {
}
