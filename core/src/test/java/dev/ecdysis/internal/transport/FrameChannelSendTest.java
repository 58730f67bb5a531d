package dev.ecdysis.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.InterceptedPosix;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.internal.wire.WireException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class FrameChannelSendTest {
    private static final Message PAUSED = new Message.Paused();
    private static final Message LARGE = new Message.Fail("x".repeat(900_000));

    @Test
    void whatDoesNotFitWaitsWithDuplicatesOfItsDescriptors() throws IOException {
        try (Wire wire = new Wire(); FrameChannel peer = wire.peerChannel()) {
            List<Fd> descriptors = wire.pipes(200);
            List<String> identities = Wire.identities(descriptors);
            peer.send(LARGE);
            peer.send(Wire.sockets(200), descriptors);
            peer.send(PAUSED);
            assertThat(peer.wantsWrite()).isTrue();
            wire.closePipes();

            Incoming incoming = wire.channel.receive();
            while (incoming.equals(new Incoming.Nothing())) {
                peer.flush();
                incoming = wire.channel.receive();
            }
            assertThat(incoming).isEqualTo(new Incoming.Arrived(LARGE, List.of()));
            peer.flush();
            assertThat(peer.wantsWrite()).isFalse();
            Wire.assertArrived(wire.channel, Wire.sockets(200), identities);
            Wire.assertArrived(wire.channel, PAUSED, List.of());
        }
    }

    /// A message is sent as a whole, and received as a whole, whatever there was no memory for in between.
    @Test
    void withoutMemoryNothingIsLost() throws IOException {
        int[] calls = new int[1];
        Posix poor = InterceptedPosix.by((proxy, method, arguments) -> {
            boolean concerned = method.getName().endsWith("msg") || method.getName().equals("duplicate");
            if (concerned && ++calls[0] % 3 == 0 && calls[0] < 15) {
                throw new OutOfMemoryError("on purpose");
            }
            return InterceptedPosix.call(Wire.POSIX, method, arguments);
        });
        try (Wire wire = new Wire(poor, Limits.FRAME); FrameChannel peer = wire.peerChannel()) {
            List<Fd> descriptors = wire.pipes(200);
            List<String> identities = Wire.identities(descriptors);
            wire.channel.send(LARGE);
            wire.channel.send(Wire.sockets(200), descriptors);
            Incoming incoming = peer.receive();
            while (incoming.equals(new Incoming.Nothing())) {
                wire.channel.flush();
                incoming = peer.receive();
            }
            assertThat(incoming).isEqualTo(new Incoming.Arrived(LARGE, List.of()));
            wire.channel.flush();
            Wire.assertArrived(peer, Wire.sockets(200), identities);
            wire.sendRaw(PAUSED);
            wire.sendRaw(new Message.Fail("the end"));
            assertThat(received(wire.channel)).isEqualTo(new Incoming.Arrived(PAUSED, List.of()));
            assertThat(received(wire.channel)).isEqualTo(new Incoming.Arrived(new Message.Fail("the end"), List.of()));
        }
    }

    /// As the loop does it: again.
    private static Incoming received(FrameChannel channel) throws IOException {
        while (true) {
            try {
                return channel.receive();
            } catch (OutOfMemoryError e) {
                assertThat(e).hasMessage("on purpose");
            }
        }
    }

    @Test
    void flushingNothingIsFine() throws IOException {
        try (Wire wire = new Wire()) {
            wire.channel.flush();
            assertThat(wire.channel.wantsWrite()).isFalse();
        }
    }

    @Test
    void theQueueHasABound() throws IOException {
        try (Wire wire = new Wire(); FrameChannel peer = wire.peerChannel()) {
            for (int i = 0; i < 4; i++) {
                wire.channel.send(LARGE);
            }
            assertThatIOException().isThrownBy(() -> {
                wire.channel.send(LARGE);
                wire.channel.send(LARGE);
            }).withMessageContaining("the peer does not read");
            // What had been queued before is still good.
            int arrived = 0;
            while (wire.channel.wantsWrite() || arrived < 4) {
                wire.channel.flush();
                if (peer.receive() instanceof Incoming.Arrived) {
                    arrived++;
                }
            }
            wire.channel.send(PAUSED);
        }
    }

    @Test
    void toAPeerThatIsGone() throws IOException {
        try (Wire wire = new Wire()) {
            wire.sendRaw(new Message.Fail("last words"));
            wire.peer.close();
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(PeerClosedException.class)
                        .isThrownBy(() -> wire.channel.send(PAUSED))
                        .withMessageContaining("the peer has closed the connection")
                        .withMessageContaining("EPIPE");
            }
            wire.assertArrived(new Message.Fail("last words"), List.of());
            assertThat(wire.channel.receive()).isEqualTo(new Incoming.EndOfStream());
        }
    }

    @Test
    void toAPeerThatGoesWhileMessagesWait() throws IOException {
        try (Wire wire = new Wire()) {
            List<Fd> descriptors = wire.pipes(10);
            wire.channel.send(LARGE);
            int open = OpenFiles.count();
            wire.channel.send(Wire.sockets(10), descriptors);
            assertThat(OpenFiles.count()).isEqualTo(open + 10);
            wire.peer.close();
            assertThatExceptionOfType(PeerClosedException.class).isThrownBy(wire.channel::flush);
            assertThat(wire.channel.wantsWrite()).isFalse();
            assertThat(OpenFiles.count()).isEqualTo(open - 1);
        }
    }

    @Test
    void closingClosesWhatWaits() throws IOException {
        try (Wire wire = new Wire()) {
            List<Fd> descriptors = wire.pipes(10);
            wire.channel.send(LARGE);
            int open = OpenFiles.count();
            wire.channel.send(Wire.sockets(10), descriptors);
            wire.channel.close();
            assertThat(OpenFiles.count()).isEqualTo(open - 1);
        }
    }

    @Test
    void aMessageThatIsTooLargeIsNotBegun() throws IOException {
        try (Wire wire = new Wire(); FrameChannel peer = wire.peerChannel()) {
            assertThatExceptionOfType(WireException.class)
                    .isThrownBy(() -> peer.send(new Message.Fail("x".repeat(Limits.FRAME))));
            peer.send(PAUSED);
            wire.assertArrived(PAUSED, List.of());
        }
    }

    @Test
    void asManyDescriptorsAsTheMessageSays() throws IOException {
        try (Wire wire = new Wire(); FrameChannel peer = wire.peerChannel()) {
            List<Fd> descriptors = wire.pipes(3);
            assertThatIllegalArgumentException().isThrownBy(() -> peer.send(Wire.sockets(4), descriptors));
            assertThatIllegalArgumentException().isThrownBy(() -> peer.send(PAUSED, descriptors));
            descriptors.getLast().close();
            assertThatIllegalStateException().isThrownBy(() -> peer.send(Wire.sockets(3), descriptors));
            peer.send(PAUSED);
            wire.assertArrived(PAUSED, List.of());
        }
    }

    @Test
    void nothingCanFollowAMessageThatWasHalfSent() throws IOException {
        FaultyPosix posix = new FaultyPosix();
        posix.fail("sendmsg", 2, Errno.ENOBUFS);
        try (Wire wire = new Wire(posix.posix(), Limits.FRAME)) {
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(PosixException.class).isThrownBy(() -> wire.channel.send(LARGE))
                        .withMessageContaining("ENOBUFS");
            }
        }
    }
}
