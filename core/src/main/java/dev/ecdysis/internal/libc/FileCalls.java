package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.nio.ByteBuffer;
import java.util.List;

/// Reading, writing, waiting, and what else works on any descriptor.
final class FileCalls {
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int F_SETFD = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int FD_CLOEXEC = 1;

    private static final int POLLFD_FD = 0;
    private static final int POLLFD_EVENTS = 4;
    private static final int POLLFD_REVENTS = 6;
    private static final int POLLFD_SIZE = 8;

    private final Posix owner;
    private final Libc libc;

    FileCalls(Posix owner, Libc libc) {
        this.owner = owner;
        this.libc = libc;
    }

    FdPair pipe2() throws PosixException {
        try (Call call = libc.call("pipe2")) {
            Memory pair = call.allocate(2 * Integer.BYTES);
            // int pipe2(int pipefd[2], int flags);
            if (call.invoke(pair.address(), O_CLOEXEC) < 0) {
                throw call.failure("O_CLOEXEC");
            }
            return new FdPair(Fd.own(owner, pair.bytes().getInt(0)),
                    Fd.own(owner, pair.bytes().getInt(Integer.BYTES)));
        }
    }

    Fd eventfd() throws PosixException {
        try (Call call = libc.call("eventfd")) {
            // int eventfd(unsigned int initval, int flags); EFD_CLOEXEC and EFD_NONBLOCK have the numbers of O_*.
            int fd = call.invoke(0, O_CLOEXEC | O_NONBLOCK);
            if (fd < 0) {
                throw call.failure("0");
            }
            return Fd.own(owner, fd);
        }
    }

    int read(Fd file, ByteBuffer buffer) throws PosixException {
        try (Call call = libc.call("read")) {
            Memory payload = Payload.room(call, buffer);
            // ssize_t read(int fd, void *buf, size_t count);
            int count = (int) call.invokeLongUninterrupted(file.number(), payload.address(), payload.size());
            if (count < 0) {
                throw call.failure(file.toString());
            }
            Payload.copyOut(payload, count, buffer);
            return count;
        }
    }

    int write(Fd file, ByteBuffer bytes) throws PosixException {
        try (Call call = libc.call("write")) {
            Memory payload = Payload.of(call, bytes);
            // ssize_t write(int fd, const void *buf, size_t count);
            int count = (int) call.invokeLongUninterrupted(file.number(), payload.address(), payload.size());
            if (count < 0) {
                throw call.failure(file + ", " + bytes.remaining() + " bytes");
            }
            bytes.position(bytes.position() + count);
            return count;
        }
    }

    int poll(List<PollFd> set, int timeoutMillis) throws PosixException {
        try (Call call = libc.call("poll")) {
            Memory entries = call.allocate(set.size() * POLLFD_SIZE);
            ByteBuffer bytes = entries.bytes();
            for (int i = 0; i < set.size(); i++) {
                bytes.putInt(i * POLLFD_SIZE + POLLFD_FD, set.get(i).fd().number());
                bytes.putShort(i * POLLFD_SIZE + POLLFD_EVENTS, (short) set.get(i).events());
            }
            // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
            int ready = call.invoke(entries.address(), set.size(), timeoutMillis);
            // After a signal, revents may hold anything: nothing is ready, and the caller looks at its clock.
            boolean interrupted = ready < 0 && call.errno().equals(Errno.EINTR);
            if (ready < 0 && !interrupted) {
                throw call.failure(set.size() + " descriptors");
            }
            for (int i = 0; i < set.size(); i++) {
                set.get(i).revents(interrupted ? 0 : bytes.getShort(i * POLLFD_SIZE + POLLFD_REVENTS));
            }
            return Math.max(ready, 0);
        }
    }

    /// Never again after `EINTR`: the descriptor is gone by then, and its number may be somebody else's.
    void close(int fd) throws PosixException {
        try (Call call = libc.call("close")) {
            // int close(int fd);
            if (call.invoke(fd) < 0) {
                throw call.failure("fd " + fd);
            }
        }
    }

    Fd duplicate(Fd fd) throws PosixException {
        return duplicate(fd, 0);
    }

    /// @param atLeast the lowest number that the duplicate may have
    Fd duplicate(Fd fd, int atLeast) throws PosixException {
        try (Call call = libc.call("fcntl")) {
            // int fcntl(int fd, int cmd, ... /* arg */);
            int duplicate = call.invoke(fd.number(), F_DUPFD_CLOEXEC, atLeast);
            if (duplicate < 0) {
                throw call.failure(fd + ", F_DUPFD_CLOEXEC");
            }
            return Fd.own(owner, duplicate);
        }
    }

    void dup3(Fd source, int target, boolean closeOnExec) throws PosixException {
        try (Call call = libc.call("dup3")) {
            // int dup3(int oldfd, int newfd, int flags);
            if (call.invokeUninterrupted(source.number(), target, closeOnExec ? O_CLOEXEC : 0) < 0) {
                throw call.failure(source + " to " + target);
            }
        }
    }

    void setCloseOnExec(Fd fd) throws PosixException {
        try (Call call = libc.call("fcntl")) {
            // int fcntl(int fd, int cmd, ... /* arg */);
            if (call.invoke(fd.number(), F_SETFD, FD_CLOEXEC) < 0) {
                throw call.failure(fd + ", F_SETFD");
            }
        }
    }

    void setNonBlocking(Fd fd) throws PosixException {
        try (Call call = libc.call("fcntl")) {
            // int fcntl(int fd, int cmd, ... /* arg */);
            int flags = call.invoke(fd.number(), F_GETFL);
            if (flags < 0) {
                throw call.failure(fd + ", F_GETFL");
            }
            if (call.invoke(fd.number(), F_SETFL, flags | O_NONBLOCK) < 0) {
                throw call.failure(fd + ", F_SETFL");
            }
        }
    }

    void fchmod(Fd fd, int mode) throws PosixException {
        try (Call call = libc.call("fchmod")) {
            // int fchmod(int fd, mode_t mode);
            if (call.invokeUninterrupted(fd.number(), mode) < 0) {
                throw call.failure(fd + ", 0" + Integer.toOctalString(mode));
            }
        }
    }
}
