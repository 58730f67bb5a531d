package dev.ecdysis.internal.peer;

import dev.ecdysis.internal.thread.Survival;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;

/// Whoever is told what the other side of a handover says. Neither side hands over descriptors in the messages that are
/// told here; those that come all the same are closed.
public interface Receiver {
    void received(Message message);

    /// The stream has ended, between two messages.
    void ended();

    /// The stream is of no use any more.
    void torn(String reason);

    /// Tells it.
    ///
    /// @return whether there may be more
    default boolean take(Incoming next) {
        return switch (next) {
            case Incoming.Arrived arrived -> {
                arrived.closeDescriptors();
                hear(arrived.message());
                yield true;
            }
            case Incoming.EndOfStream end -> {
                ended();
                yield false;
            }
            case Incoming.Torn torn -> {
                torn(torn.reason());
                yield false;
            }
            case Incoming.Nothing nothing -> false;
        };
    }

    /// Tells all that has come.
    default void takeAll(FrameChannel channel) throws IOException {
        boolean more = true;
        while (more) {
            more = take(channel.receive());
        }
    }

    /// It has been read, and nobody says it again.
    private void hear(Message message) {
        for (int tries = 1;; tries++) {
            try {
                received(message);
                return;
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }
}
