package dev.ecdysis.internal.handover;

import dev.ecdysis.Phase;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What one process of a handover is doing.
///
/// ```text
/// successor:    Inheriting -> AwaitingCutover -> TakingOver -> OnProbation -> Running
///                   |               |              |         |
///                   +--> Abandoned <+              +-> Relinquishing -> Draining
///                                                         |
///                                                         +-> TakingOver, when the predecessor has died
///
/// predecessor:  Running -> Preflight -> Spawning -> Initialising -> Releasing -> CuttingOver -> Probation -> Committing -> Draining
///                  ^                       |             |             |             |          |           |
///                  +------ Ending <--------+-------------+-------------+-------------+     Recalling, Killing
///                  |                                                                            |
///                  +-------------------------------- TakingBack <-------------------------------+
///
/// Draining -> Exited
/// ```
public sealed interface State {
    /// Serves, and no upgrade is under way.
    ///
    /// @param signalled whether a signal waits for a process that drains to end
    record Running(boolean signalled) implements State {
    }

    /// Looks for reasons not to begin.
    record Preflight(Attempt attempt) implements State {
    }

    /// The successor has not greeted yet.
    record Spawning(Attempt attempt) implements State {
    }

    /// The successor has inherited and initialises.
    record Initialising(Attempt attempt) implements State {
    }

    /// The successor is ready; our acceptors are being paused.
    ///
    /// @param givenUp why the upgrade ends as soon as they are
    record Releasing(Attempt attempt, Optional<String> givenUp, Optional<OptionalInt> died) implements State {
    }

    /// Our acceptors have paused; it is not known yet whether CUTOVER could be sent.
    ///
    /// @param givenUp why the upgrade ends as soon as that is known
    record CuttingOver(Attempt attempt, Optional<String> givenUp, Optional<OptionalInt> died) implements State {
    }

    /// Serves; a successor that never took over is being ended.
    ///
    /// @param phase how far it had come
    /// @param takingBack whether our acceptors are being resumed
    /// @param died its exit status, once it has ended
    record Ending(Attempt attempt, Phase phase, String reason, boolean takingBack, Optional<OptionalInt> died)
            implements State {
    }

    /// The successor serves; our listeners are open and idle.
    ///
    /// @param beaten whether a heartbeat came since cutover
    /// @param over whether the time of probation has passed, and only a beat of a healthy successor is missing
    record Probation(Attempt attempt, boolean beaten, boolean over) implements State {
    }

    /// COMMITTED is on its way into the kernel.
    record Committing(Attempt attempt) implements State {
    }

    /// The successor was asked to let go.
    record Recalling(Attempt attempt, String reason) implements State {
    }

    /// The successor was killed and is not known to be gone yet.
    record Killing(Attempt attempt, String reason) implements State {
    }

    /// The successor holds nothing any more; our acceptors are being resumed.
    record TakingBack(Attempt attempt, String reason, OptionalInt exitStatus) implements State {
    }

    /// The application initialises; the predecessor serves. Generation 0 begins like a successor whose predecessor is
    /// dead.
    ///
    /// @param peer what is known of the predecessor
    /// @param signalled whether a signal waits for this process to be on its own
    record Inheriting(Peer peer, boolean signalled) implements State {
    }

    /// The application is ready.
    ///
    /// @param signalled whether a signal waits for this process to be on its own
    record AwaitingCutover(Peer peer, boolean signalled) implements State {
    }

    /// Taking hold, after the predecessor stopped or died.
    ///
    /// @param withdrawal why to let go again as soon as that is done
    /// @param signalled whether a signal waits for this process to be on its own
    record TakingOver(Peer peer, Optional<Withdrawal> withdrawal, boolean signalled) implements State {
    }

    /// Serves on probation.
    ///
    /// @param signalled whether a signal waits for this process to be on its own
    record OnProbation(Peer peer, boolean signalled) implements State {
    }

    /// Stops accepting, so that the predecessor can resume.
    ///
    /// @param ready whether `ready()` has returned: only then can this process serve on if the predecessor dies meanwhile
    /// @param peer what is known of the predecessor; empty when it is lost, and was not seen dead in time
    /// @param hasLetGo whether that is done, and it only has to turn out whether somebody else serves
    /// @param stop one that must wait for this to be done
    /// @param signalled whether a signal asked for an upgrade
    record Relinquishing(String reason, boolean ready, Optional<Peer> peer, boolean hasLetGo, Optional<Stopping> stop,
            boolean signalled) implements State {
        static Relinquishing because(String reason, boolean ready, Optional<Peer> peer, boolean signalled) {
            return new Relinquishing(reason, ready, peer, false, Optional.empty(), signalled);
        }

        /// Whether the predecessor is dead.
        boolean alone() {
            return peer.isPresent() && peer.get() == Peer.DEAD;
        }

        /// Whether it is not known yet that the predecessor is dead, and soon will be if it is.
        boolean inDoubt() {
            return peer.isPresent() && peer.get() == Peer.LOST;
        }

        Relinquishing with(Peer known) {
            return new Relinquishing(reason, ready, Optional.of(known), hasLetGo, stop, signalled);
        }

        Relinquishing withoutWord() {
            return new Relinquishing(reason, ready, Optional.empty(), hasLetGo, stop, signalled);
        }

        Relinquishing done() {
            return new Relinquishing(reason, ready, peer, true, stop, signalled);
        }

        Relinquishing stopping(Stopping more) {
            return new Relinquishing(reason, ready, peer, hasLetGo,
                    Optional.of(stop.map(known -> known.and(more)).orElse(more)), signalled);
        }

        Relinquishing askedAgain() {
            return new Relinquishing(reason, ready, peer, hasLetGo, stop, true);
        }
    }

    /// Never took over and never will.
    ///
    /// @param stopped whether one side was asked to stop
    record Abandoned(String reason, boolean stopped) implements State {
    }

    /// Accepts nothing any more and waits for its connections to end.
    ///
    /// @param warned when this process was first asked to stop since the drain began, or for that which began it, as
    ///        [System#nanoTime()] counts: the next time ends the drain at once, unless it only repeats the first
    record Draining(Cause cause, OptionalLong warned) implements State {
    }

    record Exited(Cause cause) implements State {
    }

    /// What a successor knows of its predecessor.
    enum Peer {
        /// Connected.
        THERE,
        /// The connection is gone; it is not known whether the process is.
        LOST,
        /// Dead: whatever it held is ours.
        DEAD
    }

    /// Why a successor that is about to serve must not.
    ///
    /// @param stop whether it should stop rather than be rolled back, and why
    record Withdrawal(String reason, Optional<Stopping> stop) {
        static Withdrawal rollback(String reason) {
            return new Withdrawal(reason, Optional.empty());
        }

        static Withdrawal stop(Stopping stop) {
            return new Withdrawal(stop.by(), Optional.of(stop));
        }

        /// A stop outweighs a rollback; else the first reason counts.
        Withdrawal and(Withdrawal more) {
            if (more.stop.isEmpty()) {
                return this;
            }
            return stop.map(known -> stop(known.and(more.stop.get()))).orElse(more);
        }
    }
}
