package dev.ecdysis;

/// Why [Ecdysis#awaitExit()] returned. The connections have been drained by then, or cut off at the drain deadline.
public sealed interface Exit {
    /// What the program should end with: 0, or 1 for a successor that was not kept. The library never ends the
    /// program itself.
    int status();

    /// A newer generation serves.
    ///
    /// @param successorPid the process that serves now
    /// @param cutOff how many connections had not ended by the drain deadline and were closed
    record Upgraded(long successorPid, long cutOff) implements Exit {
        @Override
        public int status() {
            return 0;
        }
    }

    /// A signal, a command or [Ecdysis#stop()] ended the service.
    ///
    /// @param cutOff how many connections had not ended by the drain deadline and were closed
    record Stopped(long cutOff) implements Exit {
        @Override
        public int status() {
            return 0;
        }
    }

    /// This process had taken over, and its predecessor took the listeners back or could not be reached.
    ///
    /// @param reason one line
    record RolledBack(String reason) implements Exit {
        @Override
        public int status() {
            return 1;
        }
    }
}
