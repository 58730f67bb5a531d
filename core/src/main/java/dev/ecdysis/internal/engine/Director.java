package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.handover.Effect;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Handover;
import dev.ecdysis.internal.handover.State;
import dev.ecdysis.internal.handover.Step;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.LastResort;
import dev.ecdysis.internal.thread.Survival;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Feeds events to the handover, one at a time, and has its effects carried out. On the loop's thread only.
final class Director implements Mailbox {
    private static final System.Logger LOG = Log.of(Director.class);

    private final Handover handover;
    private final Deque<Event> events = new ArrayDeque<>();
    private final List<Event> answers = new ArrayList<>();
    private final Performer performer;
    private State state;
    private boolean handling;

    /// Carries out effects.
    interface Performer {
        void perform(Effect effect);

        /// A step has led to another kind of state, and its effects have been carried out.
        void entered(State before, State now);
    }

    Director(Handover handover, State first, Performer performer) {
        this.handover = handover;
        this.state = first;
        this.performer = performer;
    }

    State state() {
        return state;
    }

    @Override
    public void post(Event event) {
        events.add(event);
        if (handling) {
            return;
        }
        handling = true;
        try {
            for (Event next = events.poll(); next != null; next = events.poll()) {
                handle(next);
            }
        } finally {
            handling = false;
        }
    }

    @Override
    public void answer(Event event) {
        if (!handling) {
            throw new IllegalStateException("an answer without a question: " + event);
        }
        answers.add(event);
    }

    @Override
    public void report(Event event) {
        if (handling) {
            answers.add(event);
        } else {
            post(event);
        }
    }

    /// Whoever posted an event that was taken up would post it again if this threw for want of memory: so nothing here
    /// does, as soon as the state has changed.
    private void handle(Event event) {
        State before = state;
        Step step = decide(before, event);
        state = step.state();
        for (Effect effect : step.effects()) {
            perform(effect);
        }
        // Not equals(): linking that of a record for the first time takes a millisecond that connections may wait for.
        if (before.getClass() != state.getClass()) {
            enter(before);
        }
        for (Event answer : takeAnswers()) {
            handle(answer);
        }
    }

    private Step decide(State before, Event event) {
        for (int tries = 1;; tries++) {
            try {
                Step step = handover.next(before, event);
                if (LOG.isLoggable(System.Logger.Level.DEBUG)) {
                    LOG.log(System.Logger.Level.DEBUG, before + " + " + event + " -> " + step);
                }
                return step;
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    private void enter(State before) {
        for (int tries = 1;; tries++) {
            try {
                performer.entered(before, state);
                return;
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    private List<Event> takeAnswers() {
        for (int tries = 1;; tries++) {
            try {
                List<Event> now = List.copyOf(answers);
                answers.clear();
                return now;
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    /// An effect that goes wrong in a way nobody thought of must not keep the others from happening, nor the handover
    /// from going on: it is as if it had failed in the usual way. An Error is no different; with the jar overwritten in
    /// place, any class may be missing.
    ///
    /// One that only lacked memory, and has no usual way of failing, is carried out again.
    private void perform(Effect effect) {
        boolean again;
        do {
            again = false;
            try {
                performer.perform(effect);
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
                || effect instanceof Effect.SendWelcome || effect instanceof Effect.SendCommitted
                || effect instanceof Effect.Send || effect instanceof Effect.Release || effect instanceof Effect.LetGo
                || effect instanceof Effect.Take);
    }

    private void failedTo(Effect effect, Throwable why) {
        LastResort.log(LOG, "could not carry out", effect, why);
        for (int tries = 1;; tries++) {
            try {
                Optional<Event> failure = failure(effect, reason(why));
                if (failure.isPresent()) {
                    answers.add(failure.get());
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
            case Effect.SendCommitted committed -> Optional.of(new Event.PeerLost(why));
            case Effect.Send send -> Optional.of(new Event.PeerLost(why));
            case Effect.Release release -> Optional.of(new Event.ReleaseFailed(why));
            case Effect.LetGo letGo -> Optional.of(new Event.ReleaseFailed(why));
            case Effect.Take take -> Optional.of(new Event.TakeFailed(why));
            case Effect.TakeBack takeBack -> Optional.of(new Event.TakenBack());
            default -> Optional.empty();
        };
    }
}
