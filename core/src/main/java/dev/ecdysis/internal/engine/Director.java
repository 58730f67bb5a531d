package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.handover.Effect;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Handover;
import dev.ecdysis.internal.handover.State;
import dev.ecdysis.internal.handover.Step;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.LastResort;
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

    private void handle(Event event) {
        State before = state;
        Step step = handover.next(before, event);
        state = step.state();
        if (LOG.isLoggable(System.Logger.Level.DEBUG)) {
            LOG.log(System.Logger.Level.DEBUG, before + " + " + event + " -> " + step);
        }
        for (Effect effect : step.effects()) {
            perform(effect);
        }
        // Not equals(): linking that of a record for the first time takes a millisecond that connections may wait for.
        if (before.getClass() != state.getClass()) {
            performer.entered(before, state);
        }
        List<Event> now = List.copyOf(answers);
        answers.clear();
        for (Event answer : now) {
            handle(answer);
        }
    }

    /// An effect that goes wrong in a way nobody thought of must not keep the others from happening, nor the handover
    /// from going on: it is as if it had failed in the usual way. An Error is no different; with the jar overwritten in
    /// place, any class may be missing.
    private void perform(Effect effect) {
        try {
            performer.perform(effect);
        } catch (Throwable e) {
            LastResort.log(LOG, () -> "could not carry out " + effect, e);
            failure(effect, reason(e)).ifPresent(answers::add);
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
