package dev.ecdysis.client;

import dev.ecdysis.client.ControlException.Reason;
import dev.ecdysis.internal.control.PredecessorProcess;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.PosixUnavailableException;
import dev.ecdysis.internal.posix.SockAddr;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.transport.PeerClosedException;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One connection to a control socket: messages out and in, with time limits.
final class ControlLink implements AutoCloseable {
    private static final System.Logger LOG = Log.of(ControlLink.class);
    private static final int FOR_EVER = -1;
    /// A full backlog refuses at once; there is nothing to wait on but time.
    private static final long RETRY_NANOS = Duration.ofMillis(20).toNanos();
    private static final Duration EXIT_LIMIT = Duration.ofSeconds(30);

    private final Posix posix;
    private final FrameChannel channel;
    private final Path path;
    private final Duration atMost;
    private @Nullable Fd process;
    private @Nullable Fd predecessor;
    private Duration predecessorLimit = EXIT_LIMIT;

    private ControlLink(Posix posix, Fd socket, Path path, Duration atMost) {
        this.posix = posix;
        this.channel = new FrameChannel(posix, socket, Limits.FRAME);
        this.path = path;
        this.atMost = atMost;
    }

    static ControlLink connect(Path path, Duration atMost, Set<Integer> allowedUsers) throws ControlException {
        Posix posix;
        try {
            posix = LinuxPosix.open();
        } catch (PosixUnavailableException e) {
            throw new ControlException(Reason.UNREACHABLE, String.valueOf(e.getMessage()), e);
        }
        try {
            Fd socket = posix.socket(Linux.AF_UNIX, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK, 0);
            boolean connected = false;
            try {
                Path absolute = path.toAbsolutePath().normalize();
                ServerTrust trust = ServerTrust.examine(posix, absolute, allowedUsers);
                connectWithin(posix, socket, absolute, atMost);
                trust.check(posix, socket);
                ControlLink link = new ControlLink(posix, socket, path, atMost);
                connected = true;
                return link;
            } finally {
                if (!connected) {
                    socket.close();
                }
            }
        } catch (ControlException e) {
            throw e;
        } catch (IOException e) {
            throw unreachable(path, e);
        } catch (IllegalArgumentException e) { // no kernel takes such a path
            throw new ControlException(Reason.UNREACHABLE,
                    "nobody can be reached at " + path + ": " + e.getMessage(), e);
        }
    }

    private static void connectWithin(Posix posix, Fd socket, Path path, Duration atMost) throws IOException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            try {
                posix.connect(socket, new SockAddr.Unix(path));
                return;
            } catch (PosixException e) {
                if (!e.is(Errno.EAGAIN) || System.nanoTime() - deadline > 0) {
                    throw e;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    private static ControlException unreachable(Path path, IOException e) {
        String cure = "is the server running, and is this its control socket?";
        if (e instanceof PosixException posix) {
            if (posix.is(Errno.EACCES)) {
                cure = "run this as the server's user or as root";
            } else if (posix.is(Errno.EAGAIN)) {
                cure = "the server does not take connections; is it stopped or overloaded?";
            }
        }
        return new ControlException(Reason.UNREACHABLE,
                "nobody can be reached at " + path + " (" + e.getMessage() + "); "
                        + cure,
                e);
    }

    void send(Message message) throws ControlException {
        try {
            channel.send(message);
        } catch (PeerClosedException e) {
            // What it said before, perhaps that it turns us away, is found by the next receive; else that it is gone.
            LOG.log(System.Logger.Level.DEBUG, "the server has closed the connection", e);
        } catch (IOException e) {
            throw new ControlException(Reason.UNREACHABLE, "the server at " + path + " was lost: " + e.getMessage(), e);
        }
    }

    /// The next message, within the time limit.
    Message receive() throws ControlException {
        return next((int) Math.min(Integer.MAX_VALUE, atMost.toMillis())).orElseThrow(
                () -> new ControlException(Reason.UNREACHABLE, "the server at " + path + " closed the connection"));
    }

    /// The next message, whenever it comes; empty when the server has closed the connection.
    Optional<Message> receiveWithoutLimit() throws ControlException {
        return next(FOR_EVER);
    }

    private Optional<Message> next(int timeoutMillis) throws ControlException {
        long deadline = System.nanoTime() + Duration.ofMillis(Math.max(0, timeoutMillis)).toNanos();
        try {
            while (true) {
                switch (channel.receive()) {
                    case Incoming.Arrived arrived -> {
                        arrived.closeDescriptors();
                        return Optional.of(arrived.message());
                    }
                    case Incoming.EndOfStream end -> {
                        return Optional.empty();
                    }
                    case Incoming.Torn torn -> {
                        return ended(torn);
                    }
                    case Incoming.Nothing nothing -> await(timeoutMillis, deadline);
                }
            }
        } catch (ControlException e) {
            throw e;
        } catch (IOException e) {
            throw new ControlException(Reason.UNREACHABLE, "the server at " + path + " was lost: " + e.getMessage(), e);
        }
    }

    private Optional<Message> ended(Incoming.Torn torn) throws ControlException {
        throw new ControlException(Reason.PROTOCOL,
                "the connection to the server at " + path + " broke: " + torn.reason());
    }

    private void await(int timeoutMillis, long deadline) throws IOException {
        long left = timeoutMillis < 0 ? -1 : Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (timeoutMillis >= 0 && left <= 0) {
            throw new ControlException(Reason.UNREACHABLE, "the server at " + path + " did not answer within "
                    + timeoutMillis + " ms; is it stopped?");
        }
        int events = channel.wantsWrite() ? Linux.POLLIN | Linux.POLLOUT : Linux.POLLIN;
        posix.poll(List.of(new PollFd(channel.fd(), events)), (int) left);
        channel.flush();
    }

    /// Remembers the server's process, so that its end can be waited for. (`SO_PEERCRED` would name the process that
    /// once called listen(2), generation 0.) Not for one in another pid namespace, where the number means somebody else.
    void watch(long pid) {
        process = open(pid);
    }

    /// The same for one that stops as well.
    void watchPredecessor(PredecessorProcess side) {
        predecessor = open(side.pid());
        predecessorLimit = side.drain().plus(EXIT_LIMIT);
    }

    private @Nullable Fd open(long pid) {
        try {
            return posix.pidfdOpen((int) pid);
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.DEBUG, "process " + pid + " cannot be watched", e);
            return null;
        }
    }

    /// Waits until the process that was remembered is gone.
    void awaitProcessExit() throws ControlException {
        awaitExit(process, EXIT_LIMIT, "the server has closed the connection, but its process");
    }

    /// Waits until the predecessor that was remembered is gone, which may drain longer.
    void awaitPredecessorExit() throws ControlException {
        awaitExit(predecessor, predecessorLimit, "the server is gone, but its predecessor");
    }

    private void awaitExit(@Nullable Fd watched, Duration limit, String what) throws ControlException {
        if (watched == null) {
            return;
        }
        try {
            long deadline = System.nanoTime() + limit.toNanos();
            PollFd exit = new PollFd(watched, Linux.POLLIN);
            while (!exit.isReady() && System.nanoTime() - deadline < 0) {
                posix.poll(List.of(exit), (int) EXIT_LIMIT.toMillis());
            }
            if (!exit.isReady()) {
                throw new ControlException(Reason.PROTOCOL,
                        what + " is still there after " + limit.toSeconds() + " s");
            }
        } catch (PosixException e) {
            throw new ControlException(Reason.UNREACHABLE, "cannot see whether the server is gone: " + e.getMessage(),
                    e);
        }
    }

    @Override
    public void close() {
        channel.close();
        if (process != null) {
            process.close();
        }
        if (predecessor != null) {
            predecessor.close();
        }
    }
}
