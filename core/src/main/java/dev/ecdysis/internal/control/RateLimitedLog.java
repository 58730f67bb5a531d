package dev.ecdysis.internal.control;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import java.time.Duration;

/// What is worth a line about a peer, but not thousands of lines a second: a line at once, and then one a second that
/// counts what it stands for. On the loop's thread.
final class RateLimitedLog {
    static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final System.Logger LOG = Log.of(RateLimitedLog.class);

    private final EventLoop loop;
    private String latest = "";
    private int unlogged;
    private boolean waiting;

    RateLimitedLog(EventLoop loop) {
        this.loop = loop;
    }

    void add(String what) {
        latest = what;
        unlogged++;
        if (!waiting) {
            log();
        }
    }

    private void log() {
        String others = unlogged == 1 ? "" : " (and " + (unlogged - 1) + " more since the last such line)";
        LOG.log(System.Logger.Level.WARNING, "control socket: " + latest + others);
        unlogged = 0;
        waiting = true;
        loop.schedule(INTERVAL, this::waited);
    }

    private void waited() {
        waiting = false;
        if (unlogged > 0) {
            log();
        }
    }
}
