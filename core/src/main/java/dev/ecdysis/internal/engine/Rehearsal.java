package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.handover.Handover;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.Frame;
import dev.ecdysis.internal.wire.FrameReader;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Optional;

/// Sends the frames of a cutover from this process to itself, before it is ready.
///
/// What a JVM does for the first time takes milliseconds, and at a cutover connections wait for it.
final class Rehearsal {
    private static final System.Logger LOG = System.getLogger(Rehearsal.class.getName());
    /// The pidfd, stderr, and one socket.
    private static final int WELCOME_DESCRIPTORS = 3;
    private static final List<Message> FRAMES = List.of(new Message.Ready(List.of("rehearsal")),
            new Message.Cutover(1), new Message.Heartbeat(1, 1), new Message.Paused(), new Message.Committed(false, 1));

    private Rehearsal() {
    }

    /// Does for the first time what needs no system call, while those are being linked on another thread: about as long.
    static void whileLinking() {
        Handover.rehearse();
        try {
            for (Message frame : FRAMES) {
                decode(Codec.encode(frame, 0));
            }
            decode(Codec.encode(welcome(), WELCOME_DESCRIPTORS));
            Selector.open().close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "without a rehearsal", e);
        }
    }

    private static Message welcome() {
        byte[] word = {'a', '=', 'b'};
        return new Message.Welcome(1, 1, 1,
                List.of(new Message.InheritedListener("rehearsal", "unix:/", 0, 0, 1, false)),
                new Message.LaunchDescription(List.of(word), List.of(word), word), List.of(),
                new Message.Settings(0, 0, 0, 0, 0));
    }

    private static void decode(ByteBuffer bytes) throws IOException {
        FrameReader reader = new FrameReader(Limits.FRAME);
        reader.feed(bytes);
        Optional<Frame> frame = reader.next();
        if (frame.isEmpty()) {
            throw new IOException("the rehearsal ended in the middle of a frame");
        }
        LOG.log(System.Logger.Level.TRACE, "rehearsed {0}", Codec.decode(frame.get()));
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
