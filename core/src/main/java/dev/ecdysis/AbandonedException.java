package dev.ecdysis;

/// Thrown by [Ecdysis#ready()] in a successor whose upgrade was given up before it took over.
///
/// This process accepts nothing and never will: the predecessor serves. The program should release what it holds
/// and end with a non-zero status, unless it was asked to stop.
public final class AbandonedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean stopped;

    /// @param reason one line
    public AbandonedException(String reason) {
        this(reason, false);
    }

    /// @param reason one line
    /// @param stopped whether this process or its predecessor was asked to stop
    public AbandonedException(String reason, boolean stopped) {
        super(reason);
        this.stopped = stopped;
    }

    /// Whether this process or its predecessor was asked to stop, by a signal, a command or [Ecdysis#stop()], before
    /// this one was ready: that is no failure, and the program should end with status 0.
    public boolean isStopped() {
        return stopped;
    }
}
