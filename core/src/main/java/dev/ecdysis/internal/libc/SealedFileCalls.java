package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Files in memory without a name, and the seals that keep them as they are.
final class SealedFileCalls {
    /// In glibc from 2.27 on only.
    private static final int SYS_MEMFD_CREATE = Platform.isX86() ? 319 : 279;
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    /// Linux 6.3; where `vm.memfd_noexec` is 2 there are none without it.
    private static final int MFD_NOEXEC_SEAL = 8;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_GET_SEALS = 1034;

    private final Posix owner;
    private final Libc libc;

    SealedFileCalls(Posix owner, Libc libc) {
        this.owner = owner;
        this.libc = libc;
    }

    Fd memfdCreate(String name) throws PosixException {
        try {
            return memfdCreate(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
        } catch (PosixException e) {
            if (!e.is(Errno.EINVAL)) {
                throw e;
            }
            return memfdCreate(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        }
    }

    private Fd memfdCreate(String name, int flags) throws PosixException {
        try (Call call = libc.syscall("memfd_create")) {
            // int syscall(SYS_memfd_create, const char *name, unsigned int flags);
            int fd = call.invoke(SYS_MEMFD_CREATE, call.string(name.getBytes(StandardCharsets.US_ASCII)).address(),
                    flags);
            if (fd < 0) {
                throw call.failure(name);
            }
            return Fd.own(owner, fd);
        }
    }

    void addSeals(Fd file, int seals) throws PosixException {
        try (Call call = libc.call("fcntl")) {
            // int fcntl(int fd, int cmd, ... /* arg */);
            if (call.invoke(file.number(), F_ADD_SEALS, seals) < 0) {
                throw call.failure(file + ", F_ADD_SEALS");
            }
        }
    }

    int seals(Fd file) throws PosixException {
        try (Call call = libc.call("fcntl")) {
            // int fcntl(int fd, int cmd, ... /* arg */);
            int seals = call.invoke(file.number(), F_GET_SEALS);
            if (seals < 0) {
                throw call.failure(file + ", F_GET_SEALS");
            }
            return seals;
        }
    }

    int readAt(Fd file, ByteBuffer buffer, long offset) throws PosixException {
        try (Call call = libc.call("pread")) {
            Memory payload = Payload.room(call, buffer);
            // ssize_t pread(int fd, void *buf, size_t count, off_t offset);
            int count = (int) call.invokeLongUninterrupted(file.number(), payload.address(), payload.size(), offset);
            if (count < 0) {
                throw call.failure(file + ", offset " + offset);
            }
            Payload.copyOut(payload, count, buffer);
            return count;
        }
    }
}
