package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.handover.Cause;
import dev.ecdysis.internal.handover.State;

/// Who else has what this process listens on, and so which paths it removes when it ends.
enum Ownership {
    /// Nobody has, or ever will: all paths go.
    ALONE,
    /// The predecessor has what was inherited. What this process has bound itself nobody else knows of.
    NOT_YET,
    /// A successor has all that it claimed, or may have.
    HANDED_ON;

    /// @param last whether there is no predecessor that could serve on
    static Ownership of(State state, int generation, boolean last) {
        return switch (state) {
            case State.Running running -> ALONE;
            case State.Inheriting inheriting -> last ? ALONE : NOT_YET;
            case State.AwaitingCutover awaiting -> last ? ALONE : NOT_YET;
            case State.TakingOver taking -> last ? ALONE : NOT_YET;
            case State.Abandoned abandoned -> last ? ALONE : NOT_YET;
            case State.OnProbation probation -> NOT_YET;
            case State.Relinquishing relinquishing -> NOT_YET;
            case State.Draining draining -> of(draining.cause(), generation);
            case State.Exited exited -> of(exited.cause(), generation);
            default -> HANDED_ON;
        };
    }

    /// One that was rolled back cannot tell by its predecessor's death: another successor may serve by then, with the
    /// same paths. In generation 0 there is nobody to roll back to.
    private static Ownership of(Cause cause, int generation) {
        return switch (cause) {
            case Cause.Stopped stopped -> ALONE;
            case Cause.RolledBack back -> generation == 0 ? ALONE : NOT_YET;
            case Cause.Upgraded upgraded -> HANDED_ON;
        };
    }
}
