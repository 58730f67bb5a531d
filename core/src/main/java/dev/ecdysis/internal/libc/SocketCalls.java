package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;

/// Making sockets, naming them, connecting them.
final class SocketCalls {
    private static final int INT = Integer.BYTES;

    private final Posix owner;
    private final Libc libc;

    /// @param owner closes the descriptors that are handed out
    SocketCalls(Posix owner, Libc libc) {
        this.owner = owner;
        this.libc = libc;
    }

    Fd socket(int domain, int type, int protocol) throws PosixException {
        try (Call call = libc.call("socket")) {
            // int socket(int domain, int type, int protocol);
            int fd = call.invoke(domain, type | Linux.SOCK_CLOEXEC, protocol);
            if (fd < 0) {
                throw call.failure(SocketNames.family(domain) + ", type " + (type & 0xF));
            }
            return Fd.own(owner, fd);
        }
    }

    void bind(Fd socket, SockAddr address) throws PosixException {
        try (Call call = libc.call("bind")) {
            Memory name = SockAddrLayout.write(call, address);
            // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
            if (call.invoke(socket.number(), name.address(), name.size()) < 0) {
                throw call.failure(address.toString());
            }
        }
    }

    void listen(Fd socket, int backlog) throws PosixException {
        try (Call call = libc.call("listen")) {
            // int listen(int sockfd, int backlog);
            if (call.invoke(socket.number(), backlog) < 0) {
                throw call.failure(socket + ", backlog " + backlog);
            }
        }
    }

    void connect(Fd socket, SockAddr address) throws PosixException {
        try (Call call = libc.call("connect")) {
            Memory name = SockAddrLayout.write(call, address);
            long[] arguments = {socket.number(), name.address(), name.size()};
            // int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
            // A TCP connect that a signal interrupts goes on by itself and must not be started again; one to a Unix
            // socket has not happened.
            int result = address instanceof SockAddr.Unix
                    ? call.invokeUninterrupted(arguments)
                    : call.invoke(arguments);
            if (result < 0) {
                throw call.failure(address.toString());
            }
        }
    }

    Fd accept4(Fd listener) throws PosixException {
        try (Call call = libc.call("accept4")) {
            // int accept4(int sockfd, struct sockaddr *addr, socklen_t *addrlen, int flags);
            int fd = call.invokeUninterrupted(listener.number(), Memory.NULL, Memory.NULL,
                    Linux.SOCK_CLOEXEC | Linux.SOCK_NONBLOCK);
            if (fd < 0) {
                throw call.failure(listener.toString());
            }
            return Fd.own(owner, fd);
        }
    }

    void shutdown(Fd socket, int how) throws PosixException {
        try (Call call = libc.call("shutdown")) {
            // int shutdown(int sockfd, int how);
            if (call.invoke(socket.number(), how) < 0) {
                throw call.failure(socket.toString());
            }
        }
    }

    SockAddr getsockname(Fd socket) throws PosixException {
        try (Call call = libc.call("getsockname")) {
            Memory name = call.allocate(SockAddrLayout.STORAGE_SIZE);
            Memory length = call.allocate(INT);
            length.bytes().putInt(0, SockAddrLayout.STORAGE_SIZE);
            // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
            if (call.invoke(socket.number(), name.address(), length.address()) < 0) {
                throw call.failure(socket.toString());
            }
            SockAddr address = SockAddrLayout.read(name.bytes(), length.bytes().getInt(0));
            if (address == null) {
                throw new PosixException("getsockname",
                        socket + ", " + SocketNames.family(SockAddrLayout.family(name.bytes())),
                        Errno.EAFNOSUPPORT);
            }
            return address;
        }
    }

    FdPair socketpair() throws PosixException {
        try (Call call = libc.call("socketpair")) {
            Memory pair = call.allocate(2 * INT);
            // int socketpair(int domain, int type, int protocol, int sv[2]);
            int result = call.invoke(Linux.AF_UNIX,
                    Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC | Linux.SOCK_NONBLOCK, 0,
                    pair.address());
            if (result < 0) {
                throw call.failure("AF_UNIX");
            }
            return new FdPair(Fd.own(owner, pair.bytes().getInt(0)), Fd.own(owner, pair.bytes().getInt(INT)));
        }
    }
}
