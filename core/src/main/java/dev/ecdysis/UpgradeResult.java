package dev.ecdysis;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/// How an upgrade ended. Every one is an expected outcome and leaves exactly one process that serves. Where that one is the
/// predecessor and an [dev.ecdysis.spi.Acceptor] of its own does not accept again, the reason says so; it is tried again.
public sealed interface UpgradeResult {
    /// The successor serves and the predecessor drains.
    ///
    /// @param generation the successor's generation
    /// @param pid the successor's process
    /// @param toCutover from the trigger until the predecessor had stopped accepting
    /// @param pause from just before the predecessor stopped accepting until the successor could: how long new
    ///        connections waited in the accept queue
    /// @param warnings what an operator should look into because it may end the service all the same; one line each
    record Committed(int generation, long pid, Duration toCutover, Duration pause, List<String> warnings)
            implements UpgradeResult {
        public Committed {
            warnings = List.copyOf(warnings);
        }

        /// Without warnings.
        public Committed(int generation, long pid, Duration toCutover, Duration pause) {
            this(generation, pid, toCutover, pause, List.of());
        }
    }

    /// The successor never served; the predecessor serves. Up to [Phase#CUTOVER] it has not even paused.
    ///
    /// @param phase how far the upgrade had come
    /// @param reason one line
    /// @param exitStatus what the successor ended with, as a shell would say it (128 plus the signal that killed it);
    ///        empty when no process was started
    /// @param lastWords the last lines that the successor wrote, at most 50. When it wrote to both streams and they are two
    ///        files, `(standard output)` and its lines come first, then `(standard error)` and its lines
    record Failed(Phase phase, String reason, OptionalInt exitStatus, List<String> lastWords)
            implements UpgradeResult {
        public Failed {
            lastWords = List.copyOf(lastWords);
        }
    }

    /// The successor had taken over and was not kept: the predecessor accepts again, from the same accept queue.
    ///
    /// @param reason one line
    /// @param exitStatus as in [Failed]; also empty when the successor still finishes the connections it accepted
    /// @param lastWords as in [Failed]
    record RolledBack(String reason, OptionalInt exitStatus, List<String> lastWords) implements UpgradeResult {
        public RolledBack {
            lastWords = List.copyOf(lastWords);
        }
    }

    /// Nothing was tried.
    ///
    /// @param why one line that says what to do
    record Refused(String why) implements UpgradeResult {
    }
}
