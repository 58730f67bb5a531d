package dev.ecdysis.internal.handover;

import dev.ecdysis.internal.wire.Message;

/// What travels between two simulated processes.
sealed interface Frame {
    record Hello() implements Frame {
    }

    /// Carries the descriptors.
    record Welcome() implements Frame {
    }

    record Carrying(Message message) implements Frame {
    }
}
