package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;

/// Signals that are read rather than handled.
final class SignalCalls {
    /// `sigset_t` in glibc and in musl alike; the kernel's has the first eight.
    private static final int SIGSET_SIZE = 128;
    private static final int SIG_BLOCK = 0;
    private static final long SIG_DFL = 0;
    private static final long SIG_ERR = -1;

    private final Posix owner;
    private final Libc libc;

    SignalCalls(Posix owner, Libc libc) {
        this.owner = owner;
        this.libc = libc;
    }

    void block(long set) throws PosixException {
        try (Call call = libc.call("pthread_sigmask")) {
            // int pthread_sigmask(int how, const sigset_t *set, sigset_t *oldset);
            int error = call.invoke(SIG_BLOCK, signals(call, set).address(), Memory.NULL);
            if (error != 0) {
                throw new PosixException("pthread_sigmask", name(set), new Errno(error));
            }
        }
    }

    void byDefault(int signal) throws PosixException {
        try (Call call = libc.call("signal")) {
            // sighandler_t signal(int signum, sighandler_t handler);
            if (call.invokeLongUninterrupted(signal, SIG_DFL) == SIG_ERR) {
                throw call.failure("signal " + signal + ", SIG_DFL");
            }
        }
    }

    Fd signalfd(long set) throws PosixException {
        try (Call call = libc.call("signalfd")) {
            // int signalfd(int fd, const sigset_t *mask, int flags); SFD_* have the numbers of SOCK_*.
            int fd = call.invoke(-1, signals(call, set).address(), Linux.SOCK_CLOEXEC | Linux.SOCK_NONBLOCK);
            if (fd < 0) {
                throw call.failure(name(set));
            }
            return Fd.own(owner, fd);
        }
    }

    private static Memory signals(Call call, long set) {
        Memory memory = call.allocate(SIGSET_SIZE);
        memory.bytes().putLong(0, set);
        return memory;
    }

    private static String name(long set) {
        return "signals 0x" + Long.toHexString(set);
    }
}
