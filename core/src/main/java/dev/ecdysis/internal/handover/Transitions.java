package dev.ecdysis.internal.handover;

/// What decides: [Handover], or in tests one with a mistake.
@FunctionalInterface
public interface Transitions {
    /// What a process in this state does next when this happens.
    Step next(State state, Event event);
}
