package dev.ecdysis.internal.control;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PeerCredentials;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.thread.Survival;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One client of the control socket. It may ask one thing after the other.
final class ControlConnection implements Reply {
    private static final System.Logger LOG = Log.of(ControlConnection.class);
    /// Requests per round of the loop, so that a flood cannot keep it from anything else.
    private static final int BATCH = 16;

    private final EventLoop loop;
    private final ControlServer server;
    private final FrameChannel channel;
    private final PeerCredentials credentials;
    private EventLoop.@Nullable Watch watch;
    /// Runs while the peer has begun a frame that is not whole.
    private Timers.@Nullable Handle frameLimit;
    private Runnable onClose = () -> {
    };
    private boolean stranger = true;
    /// Requests whose last answer has not been sent. Of a stop, and of an upgrade that went through, there is none:
    /// the client follows the drain.
    private int owed;
    private long usedNanos = System.nanoTime();
    private boolean closed;

    ControlConnection(Posix posix, EventLoop loop, ControlServer server, Fd socket, PeerCredentials credentials) {
        this.loop = loop;
        this.server = server;
        this.channel = new FrameChannel(posix, socket, Limits.STRANGER_FRAME);
        this.credentials = credentials;
    }

    /// Without effect when it is.
    void open() {
        if (watch == null) {
            watch = loop.watch(channel.fd(), Linux.POLLIN, this::onReady);
        }
    }

    void onClose(Runnable action) {
        onClose = action;
    }

    boolean isStranger() {
        return stranger;
    }

    boolean isOwedAnAnswer() {
        return owed > 0;
    }

    /// When it was last asked for something or answered.
    long usedNanos() {
        return usedNanos;
    }

    void turnAway(String why) {
        send(new Message.Refusal(why));
        close();
    }

    void closeIfStranger() {
        if (stranger) {
            close();
        }
    }

    private void onReady() {
        try {
            channel.flush();
            adjust();
            for (int i = 0; !closed && !channel.wantsWrite(); i++) {
                if (i == BATCH) { // what was read already would not make the socket ready again
                    loop.schedule(Duration.ZERO, this::goOn);
                    return;
                }
                Incoming next = channel.receive();
                if (next instanceof Incoming.Nothing) {
                    limitFrame();
                    return;
                }
                unlimitFrame();
                if (!(next instanceof Incoming.Arrived arrived)) {
                    end(next);
                    return;
                }
                arrived.closeDescriptors();
                ask(arrived.message());
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, peer(), e);
            close();
        }
    }

    /// From the frame's first bytes on, so that sending one byte now and then gains no time.
    private void limitFrame() {
        if (frameLimit == null && channel.isMidFrame()) {
            frameLimit = loop.patience(server.frameLimit(), this::closeMidFrame);
        }
    }

    private void unlimitFrame() {
        if (frameLimit != null) {
            frameLimit.cancel();
            frameLimit = null;
        }
    }

    private void closeMidFrame() {
        LOG.log(System.Logger.Level.DEBUG, "dropped " + peer() + ": its frame was not whole in time");
        close();
    }

    private void goOn() {
        if (!closed) {
            onReady();
        }
    }

    private void end(Incoming how) {
        if (how instanceof Incoming.Torn torn) {
            // A client that had asked something may leave as it likes; a stranger that breaks the rules is worth a line.
            String what = "dropped " + peer() + ": " + torn.reason();
            if (stranger) {
                server.troubles().add(what);
            } else {
                LOG.log(System.Logger.Level.DEBUG, what);
            }
        }
        close();
    }

    private void ask(Message message) {
        if (stranger && !server.makeRoomForRequest()) {
            turnAway("too many requests are under way");
            return;
        }
        stranger = false;
        owed++;
        usedNanos = System.nanoTime();
        int before = owed;
        for (int tries = 1;; tries++) {
            try {
                passOn(message);
                return;
            } catch (VirtualMachineError e) { // it has been read, and waits for an answer
                if (closed || owed < before) {
                    return;
                }
                Survival.outlast(e, tries);
            }
        }
    }

    private void passOn(Message message) {
        switch (message) {
            case Message.UpgradeRequest request -> server.requests().upgrade(this, request.command());
            case Message.StatusRequest request -> server.requests().status(this);
            case Message.StopRequest request -> server.requests().stop(this);
            case Message.DoctorRequest request -> server.requests().doctor(this);
            default -> turnAway("this server does not know the request " + message.getClass().getSimpleName()
                    + "; use the command line of the same version");
        }
    }

    @Override
    public void send(Message message) {
        if (closed) {
            return;
        }
        try {
            channel.send(message);
            count(message);
            adjust();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, peer(), e);
            close();
        }
    }

    private void count(Message answer) {
        usedNanos = System.nanoTime();
        boolean last = switch (answer) {
            case Message.Report report -> true;
            case Message.Refusal refusal -> true;
            case Message.Result result -> !ResultCodec.isCommitted(result.outcome());
            default -> false;
        };
        if (last) {
            owed--;
        }
    }

    /// Who does not read the answers is not asked for further questions: else they would fill the heap.
    private void adjust() {
        if (channel.wantsWrite()) {
            unlimitFrame(); // the rest may have come, and is not looked at
        }
        if (watch != null) {
            watch.interest(channel.wantsWrite() ? Linux.POLLOUT : Linux.POLLIN);
        }
    }

    @Override
    public String peer() {
        return "process " + credentials.pid() + " of user " + credentials.uid();
    }

    void close() {
        if (closed) {
            return;
        }
        closed = true;
        unlimitFrame();
        if (watch != null) {
            watch.close();
        }
        channel.close();
        server.forget(this);
        onClose.run(); // last: its descriptor may be wanted
    }
}
