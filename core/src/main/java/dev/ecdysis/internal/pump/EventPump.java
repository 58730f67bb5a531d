package dev.ecdysis.internal.pump;

import dev.ecdysis.internal.handover.Effect;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.State;
import dev.ecdysis.internal.handover.Step;
import dev.ecdysis.internal.handover.Transitions;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.SafeLog;
import dev.ecdysis.internal.thread.Survival;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/// Everything that happens to a handover happens here, in one order:
///
/// 1. Events are handled in the order in which they were posted, whoever posted them.
/// 2. Each is handled as a whole: the transition, then all its effects in order, then the next event. What an effect
///    leads to, and be it known at once, is an event like any other, behind those that wait.
/// 3. Nothing is handled on the stack of whoever posts it. The loop runs the pump after each thing that it calls, so the
///    queue is empty whenever something is read, a time is up or a task runs.
///
/// Hence a part that posts needs no protection against being called back, and one that reads frames one at a time finds
/// everything done that the frame before led to. The simulator runs this class too, one piece at a time. On the loop's
/// thread only.
public final class EventPump implements EventQueue {
    private static final System.Logger LOG = Log.of(EventPump.class);
    /// Room made before: whoever posts may have no memory for it.
    private static final int ROOM = 64;

    private final Transitions transitions;
    private final Queue<Event> events = new ArrayDeque<>(ROOM);
    private State state;
    private List<Effect> effects = List.of();
    private int carriedOut;

    /// Carries out effects.
    @FunctionalInterface
    public interface Executor {
        /// Does it, or throws: then it is as if it had failed in its usual way.
        void execute(Effect effect);
    }

    public EventPump(Transitions transitions, State first) {
        this.transitions = transitions;
        this.state = first;
    }

    public State state() {
        return state;
    }

    @Override
    public void post(Event event) {
        events.add(event);
    }

    /// Handles what was posted, and what comes of it. Never throws.
    public void run(Executor executor) {
        boolean more = true;
        while (more) {
            more = runNext(executor);
        }
    }

    /// Carries out the next effect, or else makes the next transition. Never throws.
    ///
    /// @return false when there was nothing to do
    public boolean runNext(Executor executor) {
        if (carriedOut < effects.size()) {
            carryOut(effects.get(carriedOut++), executor);
            return true;
        }
        Event event = events.poll();
        if (event != null) {
            handle(event);
        }
        return event != null;
    }

    private void handle(Event event) {
        for (int tries = 1;; tries++) {
            try {
                Step step = transitions.next(state, event);
                if (LOG.isLoggable(System.Logger.Level.DEBUG)) {
                    LOG.log(System.Logger.Level.DEBUG, state + " + " + event + " -> " + step);
                }
                state = step.state();
                effects = step.effects();
                carriedOut = 0;
                return;
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            } catch (Throwable e) { // nothing has changed, and the next event may still be handled
                SafeLog.log(LOG, "could not handle", event, e);
                return;
            }
        }
    }

    /// An effect that goes wrong in a way nobody thought of must not keep the others from happening, nor the handover
    /// from going on: it is as if it had failed in the usual way. An Error is no different; with the jar overwritten in
    /// place, any class may be missing.
    ///
    /// One that only lacked memory, and has no usual way of failing, is carried out again.
    private void carryOut(Effect effect, Executor executor) {
        boolean again;
        do {
            again = false;
            try {
                executor.execute(effect);
            } catch (VirtualMachineError e) {
                again = Survival.isScarce() && mustHappen(effect);
                if (again) {
                    Survival.outlast(e, 1);
                } else {
                    failedTo(effect, e);
                }
            } catch (Throwable e) {
                failedTo(effect, e);
            }
        } while (again);
    }

    /// Those that can be repeated, and without which somebody would wait for ever.
    private static boolean mustHappen(Effect effect) {
        return !(effect instanceof Effect.RunPreflight || effect instanceof Effect.Spawn
                || effect instanceof Effect.SendWelcome || effect instanceof Effect.SendCutover
                || effect instanceof Effect.SendCommitted || effect instanceof Effect.SendPaused
                || effect instanceof Effect.Send
                || effect instanceof Effect.Release || effect instanceof Effect.LetGo || effect instanceof Effect.Take);
    }

    private void failedTo(Effect effect, Throwable why) {
        SafeLog.log(LOG, "could not carry out", effect, why);
        for (int tries = 1;; tries++) {
            try {
                Optional<Event> failure = failure(effect, reason(why));
                if (failure.isPresent()) {
                    events.add(failure.get());
                }
                return;
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    private static String reason(Throwable e) {
        try {
            return String.valueOf(e);
        } catch (Throwable unsaid) { // the text is the application's, and the event must come
            return e.getClass().getName();
        }
    }

    private static Optional<Event> failure(Effect effect, String why) {
        return switch (effect) {
            case Effect.RunPreflight preflight -> Optional.of(new Event.PreflightFailed(why));
            case Effect.Spawn spawn -> Optional.of(new Event.SpawnFailed(why));
            case Effect.SendWelcome welcome -> Optional.of(new Event.PeerLost(why));
            case Effect.SendCutover cutover -> Optional.of(new Event.CutoverFailed(why));
            case Effect.SendCommitted committed -> Optional.of(new Event.PeerLost(why));
            case Effect.SendPaused paused -> Optional.of(new Event.PeerLost(why));
            case Effect.Send send -> Optional.of(new Event.PeerLost(why));
            case Effect.Release release -> Optional.of(new Event.ReleaseFailed(why));
            case Effect.LetGo letGo -> Optional.of(new Event.ReleaseFailed(why));
            case Effect.Take take -> Optional.of(new Event.TakeFailed(why));
            case Effect.TakeBack takeBack -> Optional.of(new Event.TakenBack());
            default -> Optional.empty();
        };
    }
}
