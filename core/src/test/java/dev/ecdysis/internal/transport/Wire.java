package dev.ecdysis.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A real socket pair with a channel at one end and the bare socket at the other, and pipes to send through
/// it.
final class Wire implements AutoCloseable {
    static final Posix POSIX = LinuxPosix.open();

    final FrameChannel channel;
    final Fd peer;
    private final List<FdPair> pipes = new ArrayList<>();

    Wire() throws IOException {
        this(POSIX, Limits.FRAME);
    }

    Wire(int frameLimit) throws IOException {
        this(POSIX, frameLimit);
    }

    /// @param posix what the channel uses; everything else uses the real one
    Wire(Posix posix, int frameLimit) throws IOException {
        FdPair pair = POSIX.socketpair();
        channel = new FrameChannel(posix, pair.first(), frameLimit);
        peer = pair.second();
    }

    /// Descriptors that can be recognised when they come out at the other end.
    List<Fd> pipes(int count) throws IOException {
        List<Fd> descriptors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pipes.add(POSIX.pipe2());
            descriptors.add(pipes.getLast().first());
        }
        return descriptors;
    }

    void closePipes() {
        pipes.forEach(FdPair::close);
    }

    /// Writes bytes and descriptors as no channel would.
    void sendRaw(ByteBuffer bytes, List<Fd> descriptors) throws IOException {
        int length = bytes.remaining();
        assertThat(POSIX.sendmsg(peer, bytes, descriptors)).isEqualTo(length);
    }

    void sendRaw(Message message) throws IOException {
        sendRaw(Codec.encode(message, 0), List.of());
    }

    /// Another channel, at the bare end.
    FrameChannel peerChannel() {
        return new FrameChannel(POSIX, peer, Limits.FRAME);
    }

    /// A message with that many descriptors, 1 or more.
    static Message sockets(int descriptors) {
        return sockets(descriptors, 0);
    }

    /// The same, and at least that many bytes long.
    static Message sockets(int descriptors, int bytes) {
        return new Message.Sockets("http", "stream", "x".repeat(bytes), 0, 0, false, 1_000, descriptors);
    }

    static List<String> identities(List<Fd> descriptors) {
        return descriptors.stream().map(OpenFiles::identity).toList();
    }

    /// The next thing that comes is this message with descriptors for the same files; closes them.
    static void assertArrived(FrameChannel channel, Message message, List<String> identities)
            throws IOException {
        Incoming incoming = channel.receive();
        assertThat(incoming).isInstanceOf(Incoming.Arrived.class);
        Incoming.Arrived arrived = (Incoming.Arrived) incoming;
        try {
            assertThat(arrived.message()).isEqualTo(message);
            assertThat(identities(arrived.descriptors())).isEqualTo(identities);
        } finally {
            arrived.descriptors().forEach(Fd::close);
        }
    }

    void assertArrived(Message message, List<Fd> descriptors) throws IOException {
        assertArrived(channel, message, identities(descriptors));
    }

    void assertNothing() throws IOException {
        assertThat(channel.receive()).isEqualTo(new Incoming.Nothing());
    }

    /// The connection is torn, stays so, and nothing that came is still open.
    void assertTorn(String reason) throws IOException {
        Incoming incoming = channel.receive();
        assertThat(incoming).isInstanceOf(Incoming.Torn.class);
        assertThat(((Incoming.Torn) incoming).reason()).contains(reason);
        assertThat(channel.receive()).isEqualTo(incoming);
    }

    @Override
    public void close() {
        channel.close();
        peer.close();
        closePipes();
    }
}
