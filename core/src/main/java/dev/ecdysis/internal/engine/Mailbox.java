package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.handover.Event;

/// Where parts of the engine say what happened. On the loop's thread.
interface Mailbox {
    /// Something happened: it is handled after what is waiting already.
    void post(Event event);

    /// Something became known, perhaps within the step that asked for it: an answer then, else an event.
    void report(Event event);

    /// An effect that is being carried out has its answer already: it is handled right after the step.
    void answer(Event event);
}
