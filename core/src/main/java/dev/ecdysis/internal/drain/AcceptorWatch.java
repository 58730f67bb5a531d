package dev.ecdysis.internal.drain;

import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.resources.OwnedResources;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Looks after acceptors that should accept again and perhaps do not, for as long as that is so. On the loop's thread.
public final class AcceptorWatch {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final EventLoop loop;
    private Timers.@Nullable Handle next;

    public AcceptorWatch(EventLoop loop) {
        this.loop = loop;
    }

    public void begin(OwnedResources owned) {
        if (next == null) {
            next = loop.schedule(INTERVAL, () -> look(owned));
        }
    }

    /// The next look first: this one may fail, without memory or threads.
    private void look(OwnedResources owned) {
        next = null;
        begin(owned);
        if (!owned.lookAfterAcceptors()) {
            end();
        }
    }

    private void end() {
        Timers.Handle waiting = next;
        next = null;
        if (waiting != null) {
            waiting.cancel();
        }
    }
}
