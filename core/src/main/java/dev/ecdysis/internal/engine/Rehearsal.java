package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.util.List;

/// Sends the frames of a cutover from this process to itself, before it is ready.
///
/// What a JVM does for the first time takes milliseconds, and at a cutover connections wait for it.
final class Rehearsal {
    private static final List<Message> FRAMES = List.of(new Message.Ready(List.of("rehearsal")),
            new Message.Cutover(1), new Message.Heartbeat(1, 1), new Message.Paused(), new Message.Committed(false, 1));

    private Rehearsal() {
    }

    static void run(Posix posix) throws IOException {
        try (FdPair pair = posix.socketpair();
                FrameChannel sender = new FrameChannel(posix, pair.first(), Limits.FRAME);
                FrameChannel receiver = new FrameChannel(posix, pair.second(), Limits.FRAME)) {
            for (Message frame : FRAMES) {
                sender.send(frame);
                if (!(receiver.receive() instanceof Incoming.Arrived arrived) || !arrived.message().equals(frame)) {
                    throw new IOException("the rehearsal of " + frame + " went wrong");
                }
            }
        }
    }
}
