package dev.ecdysis.internal.transport;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;

/// Messages with descriptors over one Unix stream socket. No method blocks, as long as the socket is
/// non-blocking.
///
/// One thread sends and receives; [#close()] may be called from any. The lock is only for that: without it a
/// number that was just closed, and perhaps reused, could be read from.
public final class FrameChannel implements AutoCloseable {
    private final Fd socket;
    private final Inbox inbox;
    private final Outbox outbox;

    /// Takes ownership of a connected, non-blocking socket.
    ///
    /// @param frameLimit how many bytes a received frame may have. With [Limits#STRANGER_FRAME] the peer may
    ///        not send descriptors either, until [#acceptLargeFrames()]
    public FrameChannel(Posix posix, Fd socket, int frameLimit) {
        this.socket = socket;
        this.inbox = new Inbox(posix, socket, frameLimit);
        this.outbox = new Outbox(posix, socket);
    }

    /// Sends a message without descriptors, see [#send(Message, List)].
    public void send(Message message) throws IOException {
        send(message, List.of());
    }

    /// Writes what the socket takes, and queues the rest for [#flush()].
    ///
    /// @param descriptors as many as the message says. The caller keeps them and may close them at once:
    ///        those that have to wait are duplicated
    /// @throws PeerClosedException when the peer is gone
    /// @throws dev.ecdysis.internal.wire.WireException when the message is too large; nothing was sent
    /// @throws IOException when the peer has left more than 4 MiB unread, or a system call fails
    public synchronized void send(Message message, List<Fd> descriptors) throws IOException {
        checkOpen();
        if (descriptors.size() != message.descriptors()) {
            throw new IllegalArgumentException(
                    message + " has " + message.descriptors() + " descriptors, not " + descriptors.size());
        }
        // One that is closed is an error now, not in the middle of the message.
        for (Fd descriptor : descriptors) {
            var _ = descriptor.number();
        }
        outbox.send(Codec.encode(message, descriptors.size()), descriptors);
    }

    /// Whether something is queued: call [#flush()] when the socket is writable.
    public synchronized boolean wantsWrite() {
        return outbox.hasQueued();
    }

    /// Writes as much of the queue as the socket takes.
    ///
    /// @throws IOException as for [#send(Message, List)]
    public synchronized void flush() throws IOException {
        checkOpen();
        outbox.flush();
    }

    /// The next whole message. Call it until it returns [Incoming.Nothing]: a message that has been read
    /// already does not make the socket readable again. The two ends of a stream are returned again and
    /// again.
    ///
    /// @throws ClosedChannelException when this channel was closed; whatever the peer does is a value instead
    public synchronized Incoming receive() throws IOException {
        checkOpen();
        return inbox.receive();
    }

    /// Whether the peer has begun a message that is not whole. To be asked after [Incoming.Nothing]: before, there may be
    /// whole ones as well.
    public synchronized boolean isMidFrame() {
        return inbox.isMidFrame();
    }

    /// The peer is trusted from now on: large frames, and descriptors. It also counts for bytes that have
    /// been read.
    public synchronized void acceptLargeFrames() {
        inbox.acceptLargeFrames();
    }

    /// The socket, for polling.
    public Fd fd() {
        return socket;
    }

    private void checkOpen() throws ClosedChannelException {
        if (!socket.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    /// Closes the socket and every descriptor that waits to be sent or to be received.
    @Override
    public synchronized void close() {
        inbox.close();
        outbox.close();
        socket.close();
    }
}
