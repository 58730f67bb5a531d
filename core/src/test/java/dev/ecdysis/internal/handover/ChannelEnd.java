package dev.ecdysis.internal.handover;

import java.util.ArrayDeque;
import java.util.Queue;

/// One end of a connection between two processes. Frames arrive in order, each after a delay; the end of the stream
/// comes after all that was sent.
final class ChannelEnd {
    private final World world;
    private final SimulatedProcess owner;
    private ChannelEnd other;
    private boolean broken;
    private long lastArrival;
    /// What the other side has said and this one has not read yet.
    private final Queue<Runnable> unread = new ArrayDeque<>();

    private ChannelEnd(World world, SimulatedProcess owner) {
        this.world = world;
        this.owner = owner;
        this.other = this;
    }

    /// The predecessor's end.
    static ChannelEnd connect(World world, SimulatedProcess predecessor, SimulatedProcess successor) {
        ChannelEnd mine = new ChannelEnd(world, predecessor);
        mine.other = new ChannelEnd(world, successor);
        mine.other.other = mine;
        return mine;
    }

    ChannelEnd other() {
        return other;
    }

    /// Until when frames arrive here that were sent already.
    long lastArrival() {
        return lastArrival;
    }

    boolean broken() {
        return broken;
    }

    /// Whether the frame is in the kernel's hands.
    boolean send(Frame frame) {
        if (broken || !other.owner.alive()) {
            readLastMessages();
            return false;
        }
        other.arrive(() -> other.owner.receive(other, frame));
        return true;
    }

    /// The engine's rule: what the other side said before it closed the connection counts, and comes before the failure.
    private void readLastMessages() {
        while (!unread.isEmpty()) {
            read();
        }
    }

    private void read() {
        Runnable delivery = unread.poll();
        if (delivery != null) {
            delivery.run();
        }
    }

    /// Nothing can be sent any more either way; each side reads what there is, then the end of the stream.
    void cut(String how) {
        if (!broken) {
            broken = true;
            other.broken = true;
            arrive(() -> owner.lost(this, how));
            other.arrive(() -> other.owner.lost(other, how));
        }
    }

    private void arrive(Runnable delivery) {
        lastArrival = Math.max(lastArrival, world.agenda().now() + 1 + world.upTo(world.timing().latency()));
        unread.add(delivery);
        world.agenda().at(lastArrival, () -> owner.enqueue(this::read));
    }
}
