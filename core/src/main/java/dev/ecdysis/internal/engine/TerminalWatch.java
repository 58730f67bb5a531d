package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.process.Terminal;
import java.time.Duration;

/// Tells the SIGHUP that comes because the terminal was closed, which means the end, from the one that asks for an
/// upgrade. The former comes with the closing, from the kernel or from a shell that passes it on. A server may well
/// outlive its terminal without one, and then each SIGHUP asks for an upgrade.
final class TerminalWatch {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    /// How long after the closing a shell may pass the signal on.
    private static final Duration AFTERMATH = Duration.ofSeconds(3);

    private final EventLoop loop;
    private final Terminal terminal;
    private volatile boolean mayBeClosed;

    TerminalWatch(EventLoop loop, Terminal terminal) {
        this.loop = loop;
        this.terminal = terminal;
        this.mayBeClosed = terminal.isThere();
    }

    /// Looks now and then, for as long as there is a terminal. On the loop's thread.
    void look() {
        if (!mayBeClosed) {
            return;
        }
        if (terminal.isThere()) {
            loop.schedule(INTERVAL, this::look);
        } else {
            loop.schedule(AFTERMATH, () -> mayBeClosed = false);
        }
    }

    /// Whether the terminal was closed just now. From any thread.
    boolean wasJustClosed() {
        return mayBeClosed && !terminal.isThere();
    }
}
