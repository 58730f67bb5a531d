package dev.ecdysis.internal.handover;

import java.util.Optional;

/// One upgrade, as the predecessor remembers it while it runs.
///
/// @param origin who asked
/// @param requester whom to answer
/// @param again whether a signal asked for another upgrade meanwhile
/// @param stop one that must wait for a step to finish
public record Attempt(Origin origin, long requester, boolean again, Optional<Stopping> stop) {
    static Attempt by(Origin origin, long requester) {
        return new Attempt(origin, requester, false, Optional.empty());
    }

    Attempt askedAgain() {
        return new Attempt(origin, requester, true, stop);
    }

    Attempt stopping(Stopping more) {
        return new Attempt(origin, requester, again, Optional.of(stop.map(known -> known.and(more)).orElse(more)));
    }
}
