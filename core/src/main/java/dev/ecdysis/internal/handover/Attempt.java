package dev.ecdysis.internal.handover;

import java.util.Optional;

/// One upgrade, as the predecessor remembers it while it runs.
///
/// @param origin who asked
/// @param requester whom to answer
/// @param again whether a signal asked for another upgrade meanwhile
/// @param stopBy who asked for a stop that must wait for a step to finish
public record Attempt(Origin origin, long requester, boolean again, Optional<String> stopBy) {
    static Attempt by(Origin origin, long requester) {
        return new Attempt(origin, requester, false, Optional.empty());
    }

    Attempt askedAgain() {
        return new Attempt(origin, requester, true, stopBy);
    }

    Attempt stopping(String by) {
        return new Attempt(origin, requester, again, Optional.of(by));
    }
}
