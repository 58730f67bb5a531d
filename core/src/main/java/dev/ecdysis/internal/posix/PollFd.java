package dev.ecdysis.internal.posix;

/// One entry of a poll set: what to wait for on a descriptor, and after [Posix#poll] what happened.
public final class PollFd {
    private final Fd fd;
    private final int events;
    private int revents;

    public PollFd(Fd fd, int events) {
        this.fd = fd;
        this.events = events;
    }

    public Fd fd() {
        return fd;
    }

    public int events() {
        return events;
    }

    public int revents() {
        return revents;
    }

    public void revents(int value) {
        revents = value;
    }

    /// Whether anything that was waited for, or an error or hang-up, is there.
    public boolean isReady() {
        return revents != 0;
    }
}
