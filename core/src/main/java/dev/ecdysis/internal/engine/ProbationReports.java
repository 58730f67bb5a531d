package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.drain.DrainWatch;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.peer.OlderGenerations;
import dev.ecdysis.internal.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells a successor on probation how this process and the older generations stand: it is asked for the server's status
/// by then, and they still report to this process. On the loop's thread.
final class ProbationReports {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final EffectExecutor executor;
    private Timers.@Nullable Handle next;

    ProbationReports(EventLoop loop, EffectExecutor executor) {
        this.loop = loop;
        this.executor = executor;
    }

    /// At once, and then again and again.
    void start() {
        stop();
        next = loop.schedule(INTERVAL, this::start);
        executor.drain().refreshed(this::tell);
    }

    void stop() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private void tell() {
        if (next != null) {
            executor.predecessorSide().tell(new Message.Standing(standing()));
        }
    }

    private List<Message.OlderStanding> standing() {
        DrainWatch drain = executor.drain();
        List<String> waitsFor = new ArrayList<>(List.of(OlderGenerations.PROBATION));
        waitsFor.addAll(drain.waitsFor());
        List<Message.OlderStanding> standing = new ArrayList<>();
        standing.add(new Message.OlderStanding(executor.predecessorSide().nextGeneration() - 1, drain.remaining(),
                waitsFor));
        standing.addAll(executor.reaper().standing());
        return standing;
    }
}
