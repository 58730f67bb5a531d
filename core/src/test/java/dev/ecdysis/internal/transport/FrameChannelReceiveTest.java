package dev.ecdysis.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What comes from an honest peer.
@ExtendWith(LeakCheck.class)
class FrameChannelReceiveTest {
    private static final Message PAUSED = new Message.Paused();
    private static final List<Fd> NONE = List.of();

    @Test
    void nothingIsThereAtFirst() throws IOException {
        try (Wire wire = new Wire()) {
            wire.assertNothing();
        }
    }

    @Test
    void aMessageThatComesByteByByte() throws IOException {
        try (Wire wire = new Wire()) {
            List<Fd> descriptors = wire.pipes(5);
            ByteBuffer bytes = Codec.encode(Wire.sockets(5), 5);
            for (int i = 0; i < bytes.limit(); i++) {
                wire.assertNothing();
                wire.sendRaw(bytes.slice(i, 1), i == 0 ? descriptors : NONE);
            }
            wire.assertArrived(Wire.sockets(5), descriptors);
            wire.assertNothing();
        }
    }

    @Test
    void descriptorsFindTheirMessagesWhenTheBytesCoalesce() throws IOException {
        try (Wire wire = new Wire(); FrameChannel peer = wire.peerChannel()) {
            List<Fd> first = wire.pipes(3);
            List<Fd> second = wire.pipes(4);
            peer.send(PAUSED);
            peer.send(Wire.sockets(3), first);
            peer.send(PAUSED);
            peer.send(Wire.sockets(4), second);
            peer.send(PAUSED);
            wire.assertArrived(PAUSED, NONE);
            wire.assertArrived(Wire.sockets(3), first);
            wire.assertArrived(PAUSED, NONE);
            wire.assertArrived(Wire.sockets(4), second);
            wire.assertArrived(PAUSED, NONE);
            wire.assertNothing();
        }
    }

    @Test
    void oneReadWithTheBytesOfOneFrameAndTheDescriptorsOfTheNext() throws IOException {
        try (Wire wire = new Wire()) {
            List<Fd> descriptors = wire.pipes(3);
            ByteBuffer welcome = Codec.encode(Wire.sockets(3), 3);
            wire.sendRaw(PAUSED);
            wire.sendRaw(welcome.slice(0, 1), descriptors);
            wire.assertArrived(PAUSED, NONE);
            wire.assertNothing();
            wire.sendRaw(welcome.position(1), NONE);
            wire.assertArrived(Wire.sockets(3), descriptors);
        }
    }

    @Test
    void asManyDescriptorsAsAMessageMayHave() throws IOException {
        try (Wire wire = new Wire(); FrameChannel peer = wire.peerChannel()) {
            List<Fd> descriptors = wire.pipes(Limits.DESCRIPTORS);
            peer.send(Wire.sockets(Limits.DESCRIPTORS), descriptors);
            wire.assertArrived(Wire.sockets(Limits.DESCRIPTORS), descriptors);
        }
    }

    @Test
    void receivedDescriptorsDoNotCrossExec() throws IOException {
        try (Wire wire = new Wire()) {
            wire.sendRaw(Codec.encode(Wire.sockets(3), 3), wire.pipes(3));
            Incoming.Arrived arrived = (Incoming.Arrived) wire.channel.receive();
            try {
                for (Fd descriptor : arrived.descriptors()) {
                    assertThat(OpenFiles.isCloseOnExec(descriptor)).isTrue();
                }
            } finally {
                arrived.descriptors().forEach(Fd::close);
            }
        }
    }

    @Test
    void anUnknownMessageIsToldWithoutItsDescriptors() throws IOException {
        try (Wire wire = new Wire()) {
            int open = OpenFiles.count();
            ByteBuffer unknown = Codec.encode(Wire.sockets(3), 3).putShort(6, (short) 999);
            List<Fd> descriptors = wire.pipes(3);
            wire.sendRaw(unknown, descriptors);
            wire.assertArrived(new Message.Unknown(999), NONE);
            wire.closePipes();
            assertThat(OpenFiles.count()).isEqualTo(open);
        }
    }

    @Test
    void theEndAfterAMessageIsClean() throws IOException {
        try (Wire wire = new Wire()) {
            wire.sendRaw(PAUSED);
            wire.peer.close();
            wire.assertArrived(PAUSED, NONE);
            assertThat(wire.channel.receive()).isEqualTo(new Incoming.EndOfStream());
            assertThat(wire.channel.receive()).isEqualTo(new Incoming.EndOfStream());
        }
    }

    @Test
    void aStrangerIsHeardOutOnceItIsAccepted() throws IOException {
        try (Wire wire = new Wire(Limits.STRANGER_FRAME)) {
            List<Fd> descriptors = wire.pipes(3);
            Message large = Wire.sockets(3, Limits.STRANGER_FRAME);
            wire.sendRaw(PAUSED);
            wire.assertArrived(PAUSED, NONE);
            wire.channel.acceptLargeFrames();
            wire.sendRaw(Codec.encode(large, 3), descriptors);
            wire.assertArrived(large, descriptors);
        }
    }

    @Test
    void aLargeFrameBehindTheHelloThatMakesItAllowed() throws IOException {
        try (Wire wire = new Wire(Limits.STRANGER_FRAME)) {
            Message large = new Message.Fail("x".repeat(Limits.STRANGER_FRAME));
            wire.sendRaw(PAUSED);
            wire.sendRaw(large);
            wire.assertArrived(PAUSED, NONE);
            wire.channel.acceptLargeFrames();
            wire.assertArrived(large, NONE);
        }
    }

    @Test
    void aClosedChannelSaysSo() throws IOException {
        try (Wire wire = new Wire()) {
            wire.channel.close();
            wire.channel.close();
            assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(wire.channel::receive);
            assertThatExceptionOfType(ClosedChannelException.class)
                    .isThrownBy(() -> wire.channel.send(PAUSED));
            assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(wire.channel::flush);
        }
    }

    @Test
    void closingClosesWhatHasCome() throws IOException {
        try (Wire wire = new Wire()) {
            List<Fd> descriptors = wire.pipes(252);
            int open = OpenFiles.count();
            wire.sendRaw(Codec.encode(Wire.sockets(252), 252).limit(20), descriptors);
            wire.assertNothing();
            assertThat(OpenFiles.count()).isEqualTo(open + 252);
            wire.channel.close();
            assertThat(OpenFiles.count()).isEqualTo(open - 1);
        }
    }
}
