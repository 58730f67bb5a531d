package dev.ecdysis.internal.activation;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import dev.ecdysis.internal.procfs.ProcFiles;
import dev.ecdysis.internal.registry.Keeper;
import java.util.Optional;

/// One descriptor that a service manager has passed.
///
/// @param name that the service manager has for it
/// @param what it is, in words
/// @param place where it listens; empty for what no listener can be
/// @param file that the kernel knows it by; two descriptors of one socket have the same
/// @param socket whether it is one
record Passed(String name, Fd fd, String what, Optional<SockAddr> place, String file, boolean socket) {
    /// Makes it this process's: from now on it is closed on exec.
    ///
    /// @throws EcdysisException when there is no such descriptor
    static Passed take(Posix posix, int number, String name) throws EcdysisException {
        Fd fd = Fd.own(posix, number);
        try {
            posix.setCloseOnExec(fd);
            String file = ProcFiles.descriptor(number).orElse("descriptor " + number);
            return look(posix, name, fd, file);
        } catch (PosixException e) {
            fd.release();
            throw new EcdysisException(
                    "LISTEN_FDS names descriptor " + number + " (" + name + "), which this process does"
                            + " not have: " + e.getMessage() + "; what starts the server must leave it open",
                    e);
        }
    }

    /// Who has it open too.
    Keeper keeper() {
        return Keeper.named(name);
    }

    private static Passed look(Posix posix, String name, Fd fd, String file) throws PosixException {
        int type;
        try {
            type = posix.getsockopt(fd, Linux.SOL_SOCKET, Linux.SO_TYPE);
        } catch (PosixException e) {
            if (!e.is(Errno.ENOTSOCK)) {
                throw e;
            }
            return new Passed(name, fd, "no socket (" + file + ")", Optional.empty(), file, false);
        }
        int domain = posix.getsockopt(fd, Linux.SOL_SOCKET, Linux.SO_DOMAIN);
        boolean known = domain == Linux.AF_INET || domain == Linux.AF_INET6 || domain == Linux.AF_UNIX;
        String what = type == Linux.SOCK_STREAM ? "a stream socket"
                : type == Linux.SOCK_DGRAM ? "a datagram socket" : "a socket of type " + type;
        if (!known) {
            return new Passed(name, fd, what + " of address family " + domain, Optional.empty(), file, true);
        }
        SockAddr local = posix.getsockname(fd);
        if (type != Linux.SOCK_STREAM) {
            return new Passed(name, fd, what + " on " + local, Optional.empty(), file, true);
        }
        if (posix.getsockopt(fd, Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN) == 0) {
            return new Passed(name, fd, what + " on " + local + " that does not listen (Accept=yes passes such)",
                    Optional.empty(), file, true);
        }
        boolean adoptable = !(local instanceof SockAddr.Abstract || local instanceof SockAddr.Unnamed);
        return new Passed(name, fd, adoptable ? "on " + local : what + " on " + local + ", without a path",
                adoptable ? Optional.of(local) : Optional.empty(), file, true);
    }

    @Override
    public String toString() {
        return "'" + name + "' " + what;
    }
}
