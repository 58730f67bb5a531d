package dev.ecdysis.internal.transport;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.wire.Message;
import java.util.List;

/// What [FrameChannel#receive()] found. Each end of a stream has its own case, because they mean different
/// things to a handover.
public sealed interface Incoming {
    /// A whole message.
    ///
    /// @param descriptors as many as the message says, in its order; the receiver owns them now
    record Arrived(Message message, List<Fd> descriptors) implements Incoming {
        public Arrived {
            descriptors = List.copyOf(descriptors);
        }

        /// For a message that should have none.
        public void closeDescriptors() {
            for (Fd descriptor : descriptors) {
                descriptor.close();
            }
        }
    }

    /// Nothing more is there now; wait until the socket is readable.
    record Nothing() implements Incoming {
    }

    /// The peer closed the connection after a whole message.
    record EndOfStream() implements Incoming {
    }

    /// The connection broke, or what came is not this protocol. All descriptors that had come are closed.
    ///
    /// @param reason one line
    record Torn(String reason) implements Incoming {
    }
}
