package dev.ecdysis.bench.micro;

import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Handover;
import dev.ecdysis.internal.handover.Origin;
import dev.ecdysis.internal.handover.Sign;
import dev.ecdysis.internal.handover.State;
import dev.ecdysis.internal.handover.Step;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;

/// Steps of the state machine.
@org.openjdk.jmh.annotations.State(Scope.Thread)
public class HandoverBenchmark {
    private final Handover handover = new Handover(3);
    private final Event asked = new Event.UpgradeAsked(Origin.COMMAND, 1, List.of());
    private final List<Event> upgrade = List.of(asked, new Event.PreflightPassed(), new Event.HelloArrived(),
            new Event.ReadyArrived(List.of("http")), new Event.Released(1), new Event.HeartbeatArrived(Sign.HEALTHY));

    /// Not a field that is final: the compiler would know the state.
    private State running = new State.Running(false);

    /// One step, that begins an upgrade.
    @Benchmark
    public Step step() {
        return handover.next(running, asked);
    }

    /// A predecessor's six steps from the trigger to the first heartbeat.
    @Benchmark
    public State triggerToProbation() {
        State state = running;
        for (Event event : upgrade) {
            state = handover.next(state, event).state();
        }
        return state;
    }
}
