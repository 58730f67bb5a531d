package dev.ecdysis.examples;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;

/// Lets a connection that waits for a request be ended by another thread, without losing one that has
/// arrived.
///
/// The other thread closes nothing: it shuts the input down, of which a TCP peer sees nothing. That wakes the
/// connection's own thread from its read, and the read looks into the socket once more: it returns the
/// request that came at this very moment, which is then answered, or the end of the stream. What remains is
/// what HTTP/1.1 cannot exclude: a request that is still on the wire when the connection ends.
final class IdleState {
    private enum State {
        /// A request is under way.
        BUSY,
        /// Waits for a request.
        IDLE,
        /// Told to end. There may be one more request.
        CLOSING
    }

    private final SocketChannel channel;
    private final boolean tcp;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private final float turn = ThreadLocalRandom.current().nextFloat();

    /// @param tcp whether the channel is a TCP rather than a Unix one
    IdleState(SocketChannel channel, boolean tcp) {
        this.channel = channel;
        this.tcp = tcp;
    }

    /// When it is this connection's turn, as a fraction of the time over which idle ones are closed.
    float turn() {
        return turn;
    }

    /// The connection's thread is about to wait for a request.
    void waiting() {
        state.compareAndSet(State.BUSY, State.IDLE);
    }

    /// The first bytes of a request have been read.
    void begun() {
        state.compareAndSet(State.IDLE, State.BUSY);
    }

    /// Whether it waits for a request.
    boolean isIdle() {
        return state.get() == State.IDLE;
    }

    /// Makes the connection's thread end it, unless a request is under way or has arrived.
    ///
    /// @return whether it has been told to, now or before
    boolean closeIfIdle() throws IOException {
        if (state.get() == State.IDLE && !hasBytes() && state.compareAndSet(State.IDLE, State.CLOSING)) {
            channel.shutdownInput();
        }
        return state.get() == State.CLOSING;
    }

    /// Spares the thread that these bytes are about to wake. A Unix channel cannot be asked.
    private boolean hasBytes() throws IOException {
        return tcp && channel.socket().getInputStream().available() > 0;
    }
}
