package dev.ecdysis.demo.load;

import dev.ecdysis.demo.load.ResponseParser.BadResponseException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// One connection and the request that it carries. A request is written once: what happens to it afterwards
/// is its outcome, and nothing is tried again.
///
/// ```
/// CONNECTING --> AWAITING --whole response--> IDLE --next request--> AWAITING
///                                             LINGERING: the server is to close, so that it, not we, keeps
///                                             the port
/// any --> CLOSED
/// ```
final class Connection {
    private final Lane lane;
    private final SocketChannel channel;
    private final ResponseParser parser = new ResponseParser();
    private @Nullable SelectionKey key;
    private State state = State.CONNECTING;
    private long due;
    private long lingersUntil;
    private int written;
    private int answers;
    private int lastGeneration = ResponseParser.UNKNOWN;

    private enum State { CONNECTING, AWAITING, IDLE, LINGERING, CLOSED }

    Connection(Lane lane, SocketChannel channel, long due) {
        this.lane = lane;
        this.channel = channel;
        this.due = due;
    }

    /// When the request under way was due, in nanoseconds since the load's start.
    long due() {
        return due;
    }

    long lingersUntil() {
        return lingersUntil;
    }

    /// Connects and sends as soon as that is done, which over loopback is at once.
    void connect(SocketAddress target) {
        try {
            if (channel.connect(target)) {
                send();
            } else if (target instanceof UnixDomainSocketAddress) {
                // EAGAIN: a Unix connect is never "in progress", and finishConnect would claim success.
                lost(FailureKind.REFUSED, "connect: the accept queue is full");
            } else if (channel.finishConnect()) {
                connected(target);
            } else {
                key = lane.register(channel, SelectionKey.OP_CONNECT, this);
            }
        } catch (IOException e) {
            lostAtConnect(target, e);
        }
    }

    /// Whether this idle connection can take a request. An end of stream that is here already may not have
    /// been reported yet: only what ends after the request was written is a loss.
    boolean isUsable(ByteBuffer probe) {
        if (state == State.IDLE) {
            read(probe);
        }
        return state == State.IDLE;
    }

    /// Sends the next request over this idle connection.
    void sendAnother(long nextDue) {
        due = nextDue;
        parser.reset();
        send();
    }

    /// Called when the selector says that something can be done.
    void ready(SocketAddress target, ByteBuffer buffer) {
        if (state == State.CONNECTING) {
            try {
                if (channel.finishConnect()) {
                    connected(target);
                }
            } catch (IOException e) {
                lostAtConnect(target, e);
            }
            return;
        }
        if (state == State.AWAITING && written < lane.requestLength()) {
            write();
        }
        if (state != State.CLOSED) {
            read(buffer);
        }
    }

    /// Patience has ended.
    void expire() {
        if (state == State.CONNECTING) {
            lost(FailureKind.CONNECT_TIMEOUT, "connect: no answer");
        } else {
            lost(FailureKind.TIMEOUT, "read: " + soFar());
        }
    }

    void close() {
        state = State.CLOSED;
        try {
            channel.close();
        } catch (IOException e) {
            // The outcome of the request is on record, and Linux has freed the descriptor.
        }
    }

    private void connected(SocketAddress target) throws IOException {
        if (target.equals(channel.getLocalAddress())) {
            // Nobody listens, and the kernel gave us the very port we connect to: the connection is to
            // ourselves, and would keep the server from binding.
            lost(FailureKind.REFUSED, "connect: reached ourselves, nobody listens");
            return;
        }
        send();
    }

    private void send() {
        state = State.AWAITING;
        written = 0;
        write();
    }

    private void write() {
        try {
            written += channel.write(lane.request(written));
            int interest = SelectionKey.OP_READ
                    | (written < lane.requestLength() ? SelectionKey.OP_WRITE : 0);
            SelectionKey registered = key;
            if (registered == null) {
                key = lane.register(channel, interest, this);
            } else if (registered.interestOps() != interest) {
                registered.interestOps(interest);
            }
        } catch (IOException e) {
            lost(FailureKind.RESET, "write: " + e.getMessage() + ", " + soFar());
        }
    }

    private void read(ByteBuffer buffer) {
        buffer.clear();
        int count;
        try {
            count = channel.read(buffer);
        } catch (IOException e) {
            if (state == State.AWAITING) {
                lost(FailureKind.RESET, "read: " + e.getMessage() + ", " + soFar());
            } else {
                endUnused();
            }
            return;
        }
        if (state != State.AWAITING) {
            // End of stream, or bytes that nobody asked for; with 0 there was nothing after all.
            if (count != 0) {
                endUnused();
            }
        } else if (count < 0) {
            readEnd();
        } else {
            readBytes(buffer.flip());
        }
    }

    private void readEnd() {
        if (parser.endsWithStream()) {
            answered();
        } else {
            lost(FailureKind.EARLY_EOF, "read: end of stream, " + soFar());
        }
    }

    private void readBytes(ByteBuffer buffer) {
        try {
            if (parser.parse(buffer)) {
                answered();
            }
        } catch (BadResponseException e) {
            lost(FailureKind.BAD_RESPONSE, "read: " + e.getMessage());
        }
    }

    private void answered() {
        answers++;
        lastGeneration = parser.generation();
        boolean streamEnded = parser.endsWithStream();
        if (lane.answered(this, lastGeneration, parser.closes())) {
            state = State.IDLE;
        } else if (streamEnded) {
            close();
        } else {
            state = State.LINGERING;
            lingersUntil = lane.linger(this);
        }
    }

    private void endUnused() {
        lane.endedUnused(this, state == State.IDLE);
        close();
    }

    private void lostAtConnect(SocketAddress target, IOException e) {
        lost(kindAtConnect(target, e), "connect: " + e.getMessage());
    }

    /// The JDK turns each errno of connect into a class: ECONNREFUSED into ConnectException; EADDRNOTAVAIL,
    /// EACCES and EPERM into BindException; what is left is a plain SocketException, for a path that nobody
    /// listens behind (ENOENT), or when the peer accepted and reset at once.
    private static FailureKind kindAtConnect(SocketAddress target, IOException e) {
        if (e instanceof ConnectException) {
            return FailureKind.REFUSED;
        }
        if (e instanceof BindException || e.getClass() != SocketException.class) {
            return FailureKind.OTHER;
        }
        return target instanceof UnixDomainSocketAddress ? FailureKind.REFUSED : FailureKind.RESET;
    }

    private void lost(FailureKind kind, String detail) {
        lane.lost(this, kind, detail);
        close();
    }

    private String soFar() {
        String response = "after " + parser.bytes() + " bytes of the response";
        return answers == 0 ? response
                : response + "; request " + (answers + 1) + " of its connection, generation " + lastGeneration
                        + " had answered the one before";
    }
}
