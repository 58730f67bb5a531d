package dev.ecdysis.status;

import dev.ecdysis.Phase;
import java.time.Duration;
import java.util.OptionalLong;

/// The upgrade that a server has a part in.
///
/// @param phase how far it has come
/// @param generation the successor's
/// @param pid the successor's process; empty as long as there is none
/// @param elapsed since it was asked for, or in the successor since that was started
public record UpgradeStatus(Phase phase, int generation, OptionalLong pid, Duration elapsed) {
}
