package dev.ecdysis.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Received;
import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What comes from a peer that is broken or means harm: each is told apart from a clean end, and nothing
/// stays open.
@ExtendWith(LeakCheck.class)
class FrameChannelTornTest {
    private static final Message PAUSED = new Message.Paused();
    private static final List<Fd> NONE = List.of();

    @Test
    void theEndInTheMiddleOfAFrame() throws IOException {
        try (Wire wire = new Wire()) {
            wire.sendRaw(Codec.encode(Wire.sockets(3), 3).limit(20), wire.pipes(3));
            wire.assertNothing();
            wire.peer.close();
            wire.assertTorn("the connection ended in the middle of a message");
        }
    }

    @Test
    void aPeerThatDiesWithoutReadingWhatWasSent() throws IOException {
        try (Wire wire = new Wire()) {
            wire.channel.send(PAUSED);
            wire.sendRaw(new Message.Fail("last words"));
            wire.peer.close();
            wire.assertArrived(new Message.Fail("last words"), NONE);
            // The kernel says ECONNRESET: what is lost is ours. Nothing of the peer's is, so its stream has ended.
            assertThat(wire.channel.receive()).isEqualTo(new Incoming.EndOfStream());
            assertThat(wire.channel.receive()).isEqualTo(new Incoming.EndOfStream());
        }
    }

    @Test
    void garbage() throws IOException {
        try (Wire wire = new Wire()) {
            wire.sendRaw(ByteBuffer.wrap("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII)), NONE);
            wire.assertTorn("a frame of 1195725856 bytes");
        }
    }

    @Test
    void aShortage() throws IOException {
        try (Wire wire = new Wire()) {
            wire.sendRaw(Codec.encode(Wire.sockets(3), 3), wire.pipes(2));
            wire.assertTorn("2 descriptors came, and 3 were announced");
        }
    }

    @Test
    void aSurplusAtTheEndOfAFrame() throws IOException {
        try (Wire wire = new Wire()) {
            wire.sendRaw(Codec.encode(PAUSED, 0), wire.pipes(2));
            wire.assertTorn("2 descriptors came, and 0 were announced");
        }
    }

    @Test
    void aSurplusInTheMiddleOfAFrameOnceItsHeaderIsWhole() throws IOException {
        try (Wire wire = new Wire()) {
            ByteBuffer welcome = Codec.encode(Wire.sockets(3), 3);
            wire.sendRaw(welcome.slice(0, 11), wire.pipes(4));
            wire.assertNothing();
            wire.sendRaw(welcome.slice(11, 1), NONE);
            wire.assertTorn("4 descriptors came, and 3 were announced");
        }
    }

    @Test
    void moreDescriptorsThanAnyFrameCouldExplain() throws IOException {
        try (Wire wire = new Wire()) {
            List<Fd> descriptors = wire.pipes(252);
            ByteBuffer header = Codec.encode(PAUSED, 0);
            for (int i = 0; i < 2; i++) {
                wire.sendRaw(header.slice(i, 1), descriptors);
                wire.assertNothing();
            }
            wire.sendRaw(header.slice(2, 1), descriptors);
            wire.assertTorn("more than 504 descriptors without the frames that own them");
        }
    }

    @Test
    void descriptorsThatGotLost() throws IOException {
        FaultyPosix posix = new FaultyPosix();
        posix.changeReceived(received -> new Received(received.bytes(), received.descriptors(), true));
        try (Wire wire = new Wire(posix.posix(), Limits.FRAME)) {
            wire.sendRaw(Codec.encode(Wire.sockets(3), 3), wire.pipes(3));
            wire.assertTorn("MSG_CTRUNC");
        }
    }

    @Test
    void aMessageThatCannotBeDecoded() throws IOException {
        try (Wire wire = new Wire()) {
            // The fields of SOCKETS make no HELLO.
            wire.sendRaw(Codec.encode(Wire.sockets(3), 3).putShort(6, (short) 1), wire.pipes(3));
            wire.assertTorn("the field 'lowest-version' is missing");
        }
    }

    @Test
    void descriptorsThatTheMessageDoesNotHave() throws IOException {
        try (Wire wire = new Wire()) {
            wire.sendRaw(Codec.encode(PAUSED, 1), wire.pipes(1));
            wire.assertTorn("a message with 1 descriptors that has 0");
        }
        try (Wire wire = new Wire()) {
            wire.sendRaw(Codec.encode(Wire.sockets(3), 2), wire.pipes(2));
            wire.assertTorn("a message with 2 descriptors that has 3");
        }
    }

    @Test
    void aStrangerWithALargeFrame() throws IOException {
        try (Wire wire = new Wire(Limits.STRANGER_FRAME)) {
            wire.sendRaw(new Message.Fail("x".repeat(Limits.STRANGER_FRAME)));
            wire.assertTorn("at most 4096 are allowed here");
        }
    }

    @Test
    void aStrangerWithDescriptors() throws IOException {
        try (Wire wire = new Wire(Limits.STRANGER_FRAME)) {
            wire.sendRaw(Codec.encode(Wire.sockets(3), 3), wire.pipes(3));
            wire.assertTorn("descriptors from a peer that may not send any");
        }
        try (Wire wire = new Wire(Limits.STRANGER_FRAME)) {
            wire.sendRaw(Codec.encode(PAUSED, 0).limit(1), wire.pipes(3));
            wire.assertTorn("descriptors from a peer that may not send any");
        }
    }

    @Test
    void aSystemCallThatFails() throws IOException {
        FaultyPosix posix = new FaultyPosix();
        posix.fail("recvmsg", 2, Errno.ENOMEM);
        try (Wire wire = new Wire(posix.posix(), Limits.FRAME)) {
            wire.sendRaw(Codec.encode(Wire.sockets(3), 3).limit(20), wire.pipes(3));
            wire.assertTorn("ENOMEM");
        }
    }

}
