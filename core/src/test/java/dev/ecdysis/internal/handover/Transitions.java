package dev.ecdysis.internal.handover;

/// The function under test: [Handover#next], or a mutant of it.
@FunctionalInterface
interface Transitions {
    Step next(State state, Event event);
}
