package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells a successor on probation how this process and the older generations stand: it is asked for the server's status
/// by then, and they still report to this process. On the loop's thread.
final class TrialReports {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final Conductor conductor;
    private Timers.@Nullable Handle next;

    TrialReports(EventLoop loop, Conductor conductor) {
        this.loop = loop;
        this.conductor = conductor;
    }

    /// At once, and then again and again.
    void start() {
        stop();
        next = loop.schedule(INTERVAL, this::start);
        conductor.drain().refreshed(this::tell);
    }

    void stop() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private void tell() {
        if (next != null) {
            conductor.runner().tell(new Message.Standing(standing()));
        }
    }

    private List<Message.OlderStanding> standing() {
        DrainWatch drain = conductor.drain();
        List<String> waitsFor = new ArrayList<>(List.of(Elders.PROBATION));
        waitsFor.addAll(drain.waitsFor());
        List<Message.OlderStanding> standing = new ArrayList<>();
        standing.add(new Message.OlderStanding(conductor.runner().nextGeneration() - 1, drain.remaining(), waitsFor));
        standing.addAll(conductor.family().standing());
        return standing;
    }
}
