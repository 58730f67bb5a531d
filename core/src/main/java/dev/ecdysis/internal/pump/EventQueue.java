package dev.ecdysis.internal.pump;

import dev.ecdysis.internal.handover.Event;

/// Where everything that happens is said: what was read, what became of an effect, what somebody asks for. On the loop's
/// thread.
@FunctionalInterface
public interface EventQueue {
    /// Adds an event behind those that wait. Nothing is handled before whoever calls this has returned to the loop.
    void post(Event event);
}
