package dev.ecdysis.spi;

import java.time.Duration;

/// What a [Drainable] is given when the drain begins. Not for implementation. All methods may be called from any thread.
public interface DrainContext {
    /// How long the connections still have until what is left is cut off: zero from then on. It may become zero
    /// earlier, when an operator stops the server a second time.
    Duration timeLeft();

    /// Says that [Drainable#remaining()] has changed: it is asked soon afterwards, on another thread. Does not wait, may be
    /// called as often as one likes, and has no effect once the drain is over.
    void changed();
}
