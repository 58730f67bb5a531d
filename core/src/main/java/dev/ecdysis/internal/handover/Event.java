package dev.ecdysis.internal.handover;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Something that happened. The peer is the process at the other end of the current handover.
public sealed interface Event {
    /// Somebody wants the new version.
    ///
    /// @param requester whom to answer; for a signal, what the log is to name, or [#PASSED_ON]
    /// @param draining the processes that still drain: older generations, and successors that were not kept
    record UpgradeAsked(Origin origin, long requester, List<Long> draining) implements Event {
        /// A signal that another process got, which has acknowledged it there, or that was acknowledged long since.
        static final long PASSED_ON = 0;

        public UpgradeAsked {
            draining = List.copyOf(draining);
        }

        /// The successor got a signal: on probation the PID file names it, and before that it may get what is meant for a whole
        /// process group. It matters to a process that has an upgrade under way only, and there it is remembered, whoever
        /// drains.
        public static UpgradeAsked ofSuccessor() {
            return new UpgradeAsked(Origin.SIGNAL, PASSED_ON, List.of());
        }
    }

    /// This process, or both, shall stop.
    sealed interface Stop extends Event {
        Stopping stopping();
    }

    /// Somebody asked this process.
    ///
    /// @param nanos when that was noted, as [System#nanoTime()] counts: it may have waited since
    record StopAsked(String by, long nanos) implements Stop {
        @Override
        public Stopping stopping() {
            return new Stopping(by, OptionalLong.of(nanos));
        }
    }

    /// Which other processes drain, after one has ended or when it was asked.
    record OlderEnded(List<Long> draining) implements Event {
        public OlderEnded {
            draining = List.copyOf(draining);
        }
    }

    record TimerFired(Timer timer) implements Event {
    }

    /// The connection to the peer ended or broke: the handover is abandoned, but the peer may be alive.
    record PeerLost(String how) implements Event {
    }

    /// The peer's pidfd says that it has ended: nothing it held is held any more. All it had sent was read before.
    record PeerDied(OptionalInt exitStatus) implements Event {
    }

    /// The peer asks both sides to stop.
    record StopArrived(String by) implements Stop {
        @Override
        public Stopping stopping() {
            return new Stopping(by, OptionalLong.empty());
        }
    }

    // In the predecessor.

    record PreflightPassed() implements Event {
    }

    record PreflightFailed(String why) implements Event {
    }

    record Spawned() implements Event {
    }

    record SpawnFailed(String why) implements Event {
    }

    record HelloArrived() implements Event {
    }

    record ReadyArrived(List<String> claimed) implements Event {
        public ReadyArrived {
            claimed = List.copyOf(claimed);
        }
    }

    /// Our acceptors have paused and the exclusive resources are free.
    ///
    /// @param lastAcceptNanos just before the first of them was paused, as [System#nanoTime()] counts; 0 in a successor
    record Released(long lastAcceptNanos) implements Event {
    }

    /// CUTOVER is on its way.
    record CutoverSent() implements Event {
    }

    /// CUTOVER could not be sent: the successor does not know of it, and never will.
    record CutoverFailed(String why) implements Event {
    }

    record ReleaseFailed(String why) implements Event {
    }

    /// A beat of the successor's.
    record HeartbeatArrived(Sign sign) implements Event {
    }

    record PausedArrived() implements Event {
    }

    record FailArrived(String reason) implements Event {
    }

    record CommitSent() implements Event {
    }

    /// Our acceptors accept again.
    record TakenBack() implements Event {
    }

    // In the successor.

    /// The application has initialised.
    ///
    /// @param stepMillis how long it may need to take hold, or to let go again
    /// @param checkMillis how long its health check may take; 0 when it has none
    record ApplicationReady(List<String> claimed, long stepMillis, long checkMillis) implements Event {
        public ApplicationReady {
            claimed = List.copyOf(claimed);
        }
    }

    record ApplicationFailed(String reason) implements Event {
    }

    record CutoverArrived() implements Event {
    }

    /// The exclusive resources are ours and our acceptors accept.
    record Taken() implements Event {
    }

    record TakeFailed(String why) implements Event {
    }

    /// The predecessor lived a moment ago, and is told that it may resume.
    record PausedSent() implements Event {
    }

    record CommittedArrived(boolean upgradeAgain) implements Event {
    }

    record AbandonArrived(String reason) implements Event {
    }

    // While draining.

    /// All connections have ended, or were cut off.
    ///
    /// @param cutOff how many were
    record DrainFinished(long cutOff) implements Event {
    }
}
