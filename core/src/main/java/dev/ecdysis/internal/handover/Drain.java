package dev.ecdysis.internal.handover;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.State.Draining;
import dev.ecdysis.internal.handover.State.Exited;
import dev.ecdysis.internal.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// A process that accepts nothing any more.
final class Drain {
    private Drain() {
    }

    /// @param onceClosed what must follow the listeners' end, and come before the drain
    static Step stop(Stopping stop, Effect... onceClosed) {
        Cause cause = new Cause.Stopped(stop.by());
        List<Effect> effects = new ArrayList<>(List.of(new Effect.CloseListeners(cause)));
        effects.addAll(List.of(onceClosed));
        effects.add(Effect.Announce.own(Phase.DRAINING));
        effects.add(new Effect.BeginDrain(cause));
        effects.add(new Effect.NotifyServiceManager(ServiceState.STOPPING));
        return new Step(new Draining(cause, stop.asked()), effects);
    }

    static Step draining(Draining state, Event event) {
        return switch (event) {
            case Event.DrainFinished(long cutOff) -> finish(state.cause(), cutOff);
            case Event.StopAsked stop when state.warned().isEmpty() -> warned(state, stop);
            case Event.StopAsked stop when Stopping.isRepetition(state.warned().getAsLong(), stop.nanos()) ->
                Step.stay(state);
            case Event.StopAsked stop -> Step.to(state, new Effect.EndDrain());
            // It crossed our stop. The predecessor drains as well, and somebody must watch it.
            case Event.CommittedArrived committed -> Step.to(state, new Effect.BecomeOwner());
            case Event.UpgradeAsked asked when asked.origin() == Origin.SIGNAL && isRolledBack(state) ->
                Heard.inDoubt(state, asked, Heard.NOT_KEPT).after(Effect.Send.toPredecessor(new Message.Signalled()));
            case Event.UpgradeAsked asked -> refuse(state, state.cause(), asked);
            default -> Step.stay(state);
        };
    }

    private static Step warned(Draining state, Event.StopAsked stop) {
        Step warned = Step.stay(new Draining(state.cause(), OptionalLong.of(stop.nanos())));
        return isRolledBack(state) ? warned.after(Effect.Send.toPredecessor(new Message.Stop(stop.by()))) : warned;
    }

    /// Until the predecessor accepts again the PID file names this process, so it is the server that is meant by a
    /// signal. Once it does, it skips what is said here.
    private static boolean isRolledBack(Draining state) {
        return state.cause() instanceof Cause.RolledBack;
    }

    /// Whoever watches this process hears of its end: its successor, or a predecessor that serves again.
    private static Step finish(Cause cause, long cutOff) {
        return Step.to(new Exited(cause), new Effect.Send(watcher(cause), new Message.Drained()),
                new Effect.Finish(cause, cutOff));
    }

    private static Side watcher(Cause cause) {
        return cause instanceof Cause.Upgraded ? Side.SUCCESSOR : Side.PREDECESSOR;
    }

    static Step exited(Exited state, Event event) {
        return event instanceof Event.UpgradeAsked asked ? refuse(state, state.cause(), asked) : Step.stay(state);
    }

    private static Step refuse(State state, Cause cause, Event.UpgradeAsked asked) {
        boolean stopped = cause instanceof Cause.Stopped;
        if (asked.origin() == Origin.SIGNAL) {
            return Heard.ignored(state, asked,
                    stopped ? Heard.STOPPING : "this process does not serve any more; send it to the one that does");
        }
        return Step.to(state, new Effect.Refuse(asked.requester(),
                stopped ? Heard.STOPPING : "this process does not serve any more; ask the one that does"));
    }
}
