package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PeerCredentials;
import dev.ecdysis.internal.posix.PosixException;
import java.nio.ByteBuffer;

/// Socket options, including the two that are structures.
final class OptionCalls {
    private static final int INT = Integer.BYTES;

    private final Libc libc;

    OptionCalls(Libc libc) {
        this.libc = libc;
    }

    void setsockopt(Fd socket, int level, int option, int value) throws PosixException {
        try (Call call = libc.call("setsockopt")) {
            Memory memory = call.allocate(INT);
            memory.bytes().putInt(0, value);
            set(call, socket, level, option, memory, "=" + value);
        }
    }

    int getsockopt(Fd socket, int level, int option) throws PosixException {
        try (Call call = libc.call("getsockopt")) {
            Memory value = call.allocate(INT);
            get(call, socket, level, option, value);
            return value.bytes().getInt(0);
        }
    }

    void attachFilter(Fd socket, long... program) throws PosixException {
        try (Call call = libc.call("setsockopt")) {
            Memory filter = SockFilterLayout.write(call, program);
            set(call, socket, Linux.SOL_SOCKET, Linux.SO_ATTACH_FILTER, filter,
                    ", " + program.length + " steps");
        }
    }

    PeerCredentials peerCredentials(Fd socket) throws PosixException {
        try (Call call = libc.call("getsockopt")) {
            // struct ucred { pid_t pid; uid_t uid; gid_t gid; };
            Memory ucred = call.allocate(3 * INT);
            get(call, socket, Linux.SOL_SOCKET, Linux.SO_PEERCRED, ucred);
            ByteBuffer bytes = ucred.bytes();
            return new PeerCredentials(bytes.getInt(0), bytes.getInt(INT), bytes.getInt(2 * INT));
        }
    }

    private static void set(Call call, Fd socket, int level, int option, Memory value, String valueInWords)
            throws PosixException {
        // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
        if (call.invoke(socket.number(), level, option, value.address(), value.size()) < 0) {
            throw call.failure(socket + ", " + SocketNames.option(level, option) + valueInWords);
        }
    }

    private static void get(Call call, Fd socket, int level, int option, Memory value) throws PosixException {
        Memory length = call.allocate(INT);
        length.bytes().putInt(0, value.size());
        // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);
        if (call.invoke(socket.number(), level, option, value.address(), length.address()) < 0) {
            throw call.failure(socket + ", " + SocketNames.option(level, option));
        }
    }
}
