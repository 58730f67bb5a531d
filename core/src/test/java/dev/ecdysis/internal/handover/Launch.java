package dev.ecdysis.internal.handover;

import org.jspecify.annotations.Nullable;

/// One attempt to start a successor, from the Spawn effect on.
final class Launch {
    private final SimulatedProcess predecessor;
    private @Nullable SimulatedProcess successor;
    private @Nullable ChannelEnd end;
    private boolean killed;
    private boolean forgotten;

    Launch(SimulatedProcess predecessor) {
        this.predecessor = predecessor;
    }

    SimulatedProcess predecessor() {
        return predecessor;
    }

    @Nullable
    SimulatedProcess successor() {
        return successor;
    }

    /// The predecessor's end of the connection.
    @Nullable
    ChannelEnd end() {
        return end;
    }

    void started(SimulatedProcess process, ChannelEnd predecessorsEnd) {
        successor = process;
        end = predecessorsEnd;
    }

    /// The engine's rule: whoever is to be killed or forgotten before it was even started is, as soon as it is.
    boolean unwanted() {
        return killed || forgotten;
    }

    void kill() {
        killed = true;
    }

    void forget() {
        forgotten = true;
    }
}
