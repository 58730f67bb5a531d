package dev.ecdysis.internal.handover;

import dev.ecdysis.internal.wire.Message;
import java.util.Optional;

/// What a successor on probation does when a beat is due. That it lives and that its application is content are separate
/// questions: a health check that takes its time keeps no beat from being sent, but no HEARTBEAT is sent before it has
/// answered.
///
/// Not thread-safe.
public final class Pulse {
    private final boolean checks;
    private final long freshness;
    private boolean checking;
    private boolean refused;
    private boolean begun;
    private long toldNanos;

    /// @param checks whether there is a health check
    /// @param freshnessNanos how long after its last step an accept loop still counts as going round
    public Pulse(boolean checks, long freshnessNanos) {
        this.checks = checks;
        this.freshness = freshnessNanos;
    }

    /// Whether the health check is to be asked now; then a beat follows when it has [answered][#answered].
    public boolean asks() {
        boolean asks = checks && !checking && !refused;
        checking |= asks;
        return asks;
    }

    /// It could not be: it is to be asked again.
    public void unasked() {
        checking = false;
    }

    /// The health check is content.
    public void answered() {
        checking = false;
    }

    /// The health check was not, or is given up: nothing is said any more.
    public void refused() {
        refused = true;
    }

    /// The beat that is to be sent now; empty when there is nothing to tell.
    ///
    /// It is dated back when an accept loop has not gone round lately, and not sent again once it would say nothing new:
    /// from there on the silence counts.
    ///
    /// @param latestStepNanos when the accept loop that is latest to do so last went round
    /// @param acceptingSinceNanos when accepting became possible
    public Optional<Message> beat(long nowNanos, long latestStepNanos, long acceptingSinceNanos) {
        long goodUntil = latestStepNanos + freshness;
        long told = goodUntil - nowNanos < 0 ? goodUntil : nowNanos;
        if (refused || (begun && told - toldNanos <= 0)) {
            return Optional.empty();
        }
        toldNanos = told;
        begun = true;
        return Optional.of(checking ? new Message.Checking(acceptingSinceNanos, told)
                : new Message.Heartbeat(acceptingSinceNanos, told));
    }
}
