package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A connection to the control socket that keeps to no rule.
final class RawClient implements AutoCloseable {
    private static final int LIMIT_MILLIS = 60_000;
    private static final long PAUSE_NANOS = 1_000_000;

    private final LinuxPosix posix = LinuxPosix.open();
    private final Fd socket;

    RawClient(Path control) throws IOException {
        socket = posix.socket(Linux.AF_UNIX, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK, 0);
        boolean connected = false;
        try {
            connect(control);
            connected = true;
        } finally {
            if (!connected) {
                socket.close();
            }
        }
    }

    /// A full backlog refuses at once, and there is nothing to wait on but time.
    private void connect(Path control) throws IOException {
        for (long begun = System.nanoTime();; LockSupport.parkNanos(PAUSE_NANOS)) {
            try {
                posix.connect(socket, new SockAddr.Unix(control));
                return;
            } catch (PosixException e) {
                if (!e.is(Errno.EAGAIN) || System.nanoTime() - begun > LIMIT_MILLIS * 1_000_000L) {
                    throw e;
                }
            }
        }
    }

    static ByteBuffer bytes(Message message) throws IOException {
        return Codec.encode(message, 0);
    }

    void send(Message message) throws IOException {
        send(bytes(message), List.of());
    }

    /// All of it, or as much as the server takes before it closes the connection or reads no more.
    ///
    /// @return whether all of it was taken
    boolean send(ByteBuffer bytes, List<Fd> descriptors) throws IOException {
        while (bytes.hasRemaining()) {
            try {
                posix.sendmsg(socket, bytes, descriptors);
            } catch (PosixException e) {
                if (e.is(Errno.EAGAIN) || e.is(Errno.EPIPE) || e.is(Errno.ECONNRESET)) {
                    return false;
                }
                throw e;
            }
        }
        return true;
    }

    /// What the server sends next, at least one byte; 0 when it has closed the connection.
    int read(ByteBuffer into) throws IOException {
        PollFd ready = new PollFd(socket, Linux.POLLIN);
        if (posix.poll(List.of(ready), LIMIT_MILLIS) == 0) {
            throw new IOException("the server neither answers nor closes the connection");
        }
        try {
            return posix.recvmsg(socket, into).bytes();
        } catch (PosixException e) {
            if (e.is(Errno.ECONNRESET)) { // closed with something unread
                return 0;
            }
            throw e;
        }
    }

    /// Reads until the server closes the connection; returns how many bytes came.
    int awaitClosed() throws IOException {
        return readToEnd().length;
    }

    /// The same; returns what came.
    byte[] readToEnd() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        for (int bytes = read(buffer.clear()); bytes > 0; bytes = read(buffer.clear())) {
            all.write(buffer.array(), 0, bytes);
        }
        return all.toByteArray();
    }

    /// Sends nothing more. One that is closed already has nothing to end.
    void end() throws IOException {
        try {
            posix.shutdown(socket, Linux.SHUT_WR);
        } catch (PosixException e) {
            if (!e.is(Errno.ENOTCONN)) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
