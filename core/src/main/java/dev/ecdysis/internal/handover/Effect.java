package dev.ecdysis.internal.handover;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.wire.Message;
import java.util.List;

/// Something for the engine to do. Effects are carried out in order, and each says all that is needed for it. What one
/// leads to comes back as an [Event], behind those that wait already, and never before all effects of the same step have
/// been carried out.
public sealed interface Effect {
    /// Answers with PreflightPassed or PreflightFailed.
    ///
    /// @param requester who may have said what to start
    record RunPreflight(long requester) implements Effect {
    }

    /// Answers with Spawned or SpawnFailed.
    record Spawn() implements Effect {
    }

    /// Sends WELCOME with everything that belongs to it; a failure comes back as PeerLost.
    record SendWelcome() implements Effect {
    }

    /// A failure comes back as PeerLost.
    record Send(Side to, Message message) implements Effect {
        static Send toPredecessor(Message message) {
            return new Send(Side.PREDECESSOR, message);
        }

        static Send toSuccessor(Message message) {
            return new Send(Side.SUCCESSOR, message);
        }
    }

    /// Tells the successor to accept. Answers with CutoverSent or CutoverFailed.
    ///
    /// @param lastAcceptNanos as in [Event.Released]
    record SendCutover(long lastAcceptNanos) implements Effect {
    }

    /// In a successor that has let go: the predecessor may resume. Answers with PausedSent or PeerLost.
    record SendPaused() implements Effect {
    }

    /// The point of no return. Answers with CommitSent once the frame is in the kernel's hands, else with PeerLost.
    record SendCommitted(boolean upgradeAgain) implements Effect {
    }

    /// Stops accepting from the claimed listeners, then lets go of exclusive resources. Answers with Released or
    /// ReleaseFailed.
    record Release(List<String> claimed) implements Effect {
        public Release {
            claimed = List.copyOf(claimed);
        }
    }

    /// Takes the exclusive resources back, accepts again and names this process in the PID file. Answers with
    /// TakenBack, always.
    record TakeBack() implements Effect {
    }

    /// Takes the exclusive resources, begins to accept and names this process in the PID file. Answers with Taken or
    /// TakeFailed.
    record Take() implements Effect {
    }

    /// In a successor that is not kept: stops accepting, then lets go of exclusive resources. Answers with Released.
    record LetGo() implements Effect {
    }

    /// Ends the successor by its pidfd. PeerDied follows. One that is still being started is killed once it is.
    record Kill() implements Effect {
    }

    /// The upgrade is over for the successor's side: what was kept for it is closed, so nothing more comes from it. One
    /// that still lives is watched and ended at the drain deadline, one that is still being started as soon as it is.
    ///
    /// @param stopping whether this process drains from now on, and may have left queues for it to serve
    record ForgetSuccessor(boolean stopping) implements Effect {
    }

    /// Starts it, or starts it anew. TimerFired follows unless it is stopped.
    record StartTimer(Timer timer, Limit limit) implements Effect {
        StartTimer(Timer timer) {
            this(timer, Limit.USUAL);
        }
    }

    record StopTimer(Timer timer) implements Effect {
    }

    /// Tells whoever watches.
    ///
    /// @param own whether it is this process that has come so far, and not its successor
    record Announce(Phase phase, boolean own) implements Effect {
        static Announce own(Phase phase) {
            return new Announce(phase, true);
        }

        static Announce ofSuccessor(Phase phase) {
            return new Announce(phase, false);
        }
    }

    /// Tells whoever supervises this service, if somebody does.
    record NotifyServiceManager(ServiceState state) implements Effect {
    }

    /// The current upgrade has ended: answers whoever asked for it.
    ///
    /// @param requester as in [Event.UpgradeAsked]
    record Report(Origin origin, long requester, Outcome outcome) implements Effect {
        static Report of(Attempt attempt, Outcome outcome) {
            return new Report(attempt.origin(), attempt.requester(), outcome);
        }
    }

    /// Tells the successor on probation from now on, again and again, how this process and the older generations stand.
    record StartReports() implements Effect {
    }

    record StopReports() implements Effect {
    }

    /// Answers with OlderEnded: which other processes drain now.
    record CountDraining() implements Effect {
    }

    /// Answers a request that was not taken up.
    record Refuse(long requester, String why) implements Effect {
    }

    /// Says in the log what becomes of a signal that asked for an upgrade, as nobody can be answered.
    ///
    /// @param requester as in [Event.UpgradeAsked]
    /// @param heeded whether an upgrade follows, or will, unless the server is stopped
    /// @param begins whether that upgrade begins now
    /// @param what one clause
    record Acknowledge(long requester, boolean heeded, boolean begins, String what) implements Effect {
    }

    /// In the successor, whose predecessor has died: answers at the control socket, as nobody else does.
    record AnswerClients() implements Effect {
    }

    /// In the successor: lets `ready()` return.
    record ReleaseReady() implements Effect {
    }

    /// In the successor: makes `ready()` throw; nothing was accepted.
    ///
    /// @param stopped whether one side was asked to stop, which is no failure
    /// @param abandoned whether this process was given up before it took hold of anything
    record FailReady(String reason, boolean stopped, boolean abandoned) implements Effect {
    }

    /// In the successor on probation: beats from now on.
    record StartBeating() implements Effect {
    }

    record StopBeating() implements Effect {
    }

    /// Does in the background, and to no effect, what the next upgrade does.
    record Rehearse() implements Effect {
    }

    /// In the successor: it is on its own. Restores stderr, and the predecessor becomes an older generation.
    record BecomeOwner() implements Effect {
    }

    /// Closes the listeners for good. Those that a successor did not claim are emptied and served first.
    record CloseListeners(Cause cause) implements Effect {
    }

    /// Announces the end to established connections and waits for them. Answers with DrainFinished.
    record BeginDrain(Cause cause) implements Effect {
    }

    /// Cuts off what is left. DrainFinished follows.
    record EndDrain() implements Effect {
    }

    /// All is done: `awaitExit()` returns.
    ///
    /// @param cutOff as in [Event.DrainFinished]
    record Finish(Cause cause, long cutOff) implements Effect {
    }
}
