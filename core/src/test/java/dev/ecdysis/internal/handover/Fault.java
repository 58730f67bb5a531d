package dev.ecdysis.internal.handover;

import org.jspecify.annotations.Nullable;

/// Something that goes wrong, or comes at a bad moment.
///
/// @param process the number of the process that it happens to
record Fault(Kind kind, int process, Moment moment) {
    enum Kind {
        CRASH, FREEZE, HANG, BREAK, SIGNAL, COMMAND, STOP, REFUSE, SILENCE,
        // These wait for the process to do what then goes wrong.
        PREFLIGHT_FAILS, SPAWN_FAILS, SPAWN_HANGS, RELEASE_FAILS, RELEASE_HANGS, NEVER_READY, TAKE_FAILS,
        TAKE_HANGS, LET_GO_FAILS, LINGERS, CHECK_HANGS;

        boolean waits() {
            return ordinal() >= PREFLIGHT_FAILS.ordinal();
        }

        /// Whether it is only somebody's wish.
        boolean harmless() {
            return this == SIGNAL || this == COMMAND || this == STOP;
        }
    }

    sealed interface Moment {
        /// Between two effects or events, counted over the life of the process.
        record AtPoint(int count) implements Moment {
        }

        /// After some process has entered a state, and then some steps of its own process or, unless negative, some time
        /// later.
        record InState(int watched, Class<?> state, int points, long delay) implements Moment {
        }

        record AtTime(long time) implements Moment {
        }
    }

    /// A fault that happened.
    ///
    /// @param handover the one that its process was in
    /// @param sole whether no other process could have served on
    /// @param predecessor whether its process had no predecessor (any more)
    record Happened(Kind kind, SimulatedProcess process, @Nullable Launch handover, boolean sole,
            boolean predecessor, long time) {
    }
}
