package dev.ecdysis.spi;

import java.time.Duration;

/// What a step of an [Exclusive] resource is given. Not for implementation by programs: what the next generation needs to
/// know will be given to it, and found in it, in a later version. All methods may be called from any thread.
public interface StepContext {
    /// How long this step still has: zero once it counts as failed, and its thread has been interrupted.
    Duration timeLeft();

    /// The number of this process's generation, see [dev.ecdysis.Ecdysis#generation()]. That of a successor that was not kept
    /// is used again, and after a rollback a lower one takes the resource back.
    int generation();
}
