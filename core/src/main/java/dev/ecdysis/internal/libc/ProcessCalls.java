package dev.ecdysis.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.Reaped;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Watching and ending processes, and our own identity and environment.
final class ProcessCalls {
    /// Newer than many a libc, so made through `syscall(2)`; calls this young have one number on all architectures.
    private static final int SYS_PIDFD_SEND_SIGNAL = 424;
    private static final int SYS_PIDFD_OPEN = 434;

    // musl's functions of these names always fail: POSIX means processes by them, and Linux threads.
    private static final int SYS_SCHED_SETSCHEDULER = Platform.isX86() ? 144 : 119;
    private static final int SYS_SCHED_GETSCHEDULER = Platform.isX86() ? 145 : 120;

    private static final int SYS_SCHED_SETATTR = Platform.isX86() ? 314 : 274;
    // The libc's function returns -1 for a nice value, too.
    private static final int SYS_GETPRIORITY = Platform.isX86() ? 140 : 141;
    private static final int PRIO_PROCESS = 0;
    private static final int NICEST_PLUS_ONE = 20;

    private static final int SCHED_ATTR_SIZE = 48;
    private static final int SCHED_ATTR_POLICY = 4;
    private static final int SCHED_ATTR_FLAGS = 8;
    private static final int SCHED_ATTR_NICE = 16;
    private static final long SCHED_FLAG_RESET_ON_FORK = 1;

    private static final int PR_SET_CHILD_SUBREAPER = 36;

    private static final int P_ALL = 0;
    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int CLD_EXITED = 1;

    private static final int SIGINFO_CODE = 8;
    private static final int SIGINFO_PID = 16;
    private static final int SIGINFO_STATUS = 24;
    private static final int SIGINFO_SIZE = 128;
    private static final int SCHED_PARAM_SIZE = 4;

    // linux/pidfd.h
    private static final long PIDFD_GET_INFO = 0xC040_FF0BL;
    private static final long PIDFD_INFO_EXIT = 8;
    private static final int PIDFD_INFO_MASK = 0;
    private static final int PIDFD_INFO_EXIT_CODE = 60;
    private static final int PIDFD_INFO_SIZE = 64;
    /// As wait(2) has it.
    private static final int MOST_SIGNAL = 0x7f;

    /// More than the kernel lets through exec.
    private static final int MOST_ENVIRONMENT = 8 << 20;

    private final Posix owner;
    private final Libc libc;

    ProcessCalls(Posix owner, Libc libc) {
        this.owner = owner;
        this.libc = libc;
    }

    Fd pidfdOpen(int pid) throws PosixException {
        try (Call call = libc.syscall("pidfd_open")) {
            // int syscall(SYS_pidfd_open, pid_t pid, unsigned int flags);
            int fd = call.invoke(SYS_PIDFD_OPEN, pid, 0);
            if (fd < 0) {
                throw call.failure("pid " + pid);
            }
            return Fd.own(owner, fd);
        }
    }

    void pidfdSendSignal(Fd pidfd, int signal) throws PosixException {
        try (Call call = libc.syscall("pidfd_send_signal")) {
            // int syscall(SYS_pidfd_send_signal, int pidfd, int sig, siginfo_t *info, unsigned int flags);
            if (call.invoke(SYS_PIDFD_SEND_SIGNAL, pidfd.number(), signal, Memory.NULL, 0) < 0) {
                throw call.failure(pidfd + ", signal " + signal);
            }
        }
    }

    OptionalInt waitid(Fd pidfd) throws PosixException {
        try (Call call = libc.call("waitid")) {
            Memory info = call.allocate(SIGINFO_SIZE);
            // int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options);
            int result = call.invokeUninterrupted(P_PIDFD, pidfd.number(), info.address(), WEXITED | WNOHANG);
            if (result < 0) {
                throw call.failure("pid" + pidfd);
            }
            return exitStatus(info.bytes());
        }
    }

    /// With `WNOHANG` a child that still runs is success too, and `si_pid` stays 0.
    private static OptionalInt exitStatus(ByteBuffer siginfo) {
        if (siginfo.getInt(SIGINFO_PID) == 0) {
            return OptionalInt.empty();
        }
        int status = siginfo.getInt(SIGINFO_STATUS);
        return OptionalInt.of(siginfo.getInt(SIGINFO_CODE) == CLD_EXITED ? status : 128 + status);
    }

    OptionalInt exitStatus(Fd pidfd) throws PosixException {
        try (Call call = libc.call("ioctl")) {
            Memory info = call.allocate(PIDFD_INFO_SIZE);
            info.bytes().putLong(PIDFD_INFO_MASK, PIDFD_INFO_EXIT);
            // int ioctl(int fd, unsigned long op, ... /* struct pidfd_info *info */);
            if (call.invoke(pidfd.number(), PIDFD_GET_INFO, info.address()) < 0) {
                throw call.failure("PIDFD_GET_INFO of " + pidfd);
            }
            if ((info.bytes().getLong(PIDFD_INFO_MASK) & PIDFD_INFO_EXIT) == 0) {
                return OptionalInt.empty();
            }
            int status = info.bytes().getInt(PIDFD_INFO_EXIT_CODE);
            int signal = status & MOST_SIGNAL;
            return OptionalInt.of(signal == 0 ? status >> Byte.SIZE & 0xff : 128 + signal);
        }
    }

    Optional<Reaped> reapAny() throws PosixException {
        try (Call call = libc.call("waitid")) {
            Memory info = call.allocate(SIGINFO_SIZE);
            // int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options);
            if (call.invokeUninterrupted(P_ALL, 0, info.address(), WEXITED | WNOHANG) < 0) {
                throw call.failure("any child");
            }
            OptionalInt status = exitStatus(info.bytes());
            return status.isPresent() ? Optional.of(new Reaped(info.bytes().getInt(SIGINFO_PID), status.getAsInt()))
                    : Optional.empty();
        }
    }

    void becomeSubreaper() throws PosixException {
        try (Call call = libc.call("prctl")) {
            // int prctl(int op, ... /* unsigned long arg2, arg3, arg4, arg5 */);
            if (call.invoke(PR_SET_CHILD_SUBREAPER, 1) < 0) {
                throw call.failure("PR_SET_CHILD_SUBREAPER");
            }
        }
    }

    int schedulerOf(int thread) throws PosixException {
        try (Call call = libc.syscall("sched_getscheduler")) {
            // int syscall(SYS_sched_getscheduler, pid_t pid);
            int policy = call.invoke(SYS_SCHED_GETSCHEDULER, thread);
            if (policy < 0) {
                throw call.failure("thread " + thread);
            }
            return policy;
        }
    }

    void setScheduler(int thread, int policy) throws PosixException {
        try (Call call = libc.syscall("sched_setscheduler")) {
            Memory noPriority = call.allocate(SCHED_PARAM_SIZE);
            // int syscall(SYS_sched_setscheduler, pid_t pid, int policy, const struct sched_param *param);
            if (call.invoke(SYS_SCHED_SETSCHEDULER, thread, policy, noPriority.address()) < 0) {
                throw call.failure("thread " + thread + ", policy " + policy);
            }
        }
    }

    int nice() throws PosixException {
        try (Call call = libc.syscall("getpriority")) {
            // int syscall(SYS_getpriority, int which, id_t who);
            int flipped = call.invoke(SYS_GETPRIORITY, PRIO_PROCESS, 0);
            if (flipped < 0) {
                throw call.failure("this thread");
            }
            return NICEST_PLUS_ONE - flipped;
        }
    }

    void setNice(int nice) throws PosixException {
        try (Call call = libc.syscall("sched_setattr")) {
            Memory attributes = call.allocate(SCHED_ATTR_SIZE);
            attributes.bytes().putInt(0, SCHED_ATTR_SIZE).putInt(SCHED_ATTR_POLICY, Linux.SCHED_OTHER)
                    .putLong(SCHED_ATTR_FLAGS, SCHED_FLAG_RESET_ON_FORK).putInt(SCHED_ATTR_NICE, nice);
            // int syscall(SYS_sched_setattr, pid_t pid, struct sched_attr *attr, unsigned int flags);
            if (call.invoke(SYS_SCHED_SETATTR, 0, attributes.address(), 0) < 0) {
                throw call.failure("this thread, nice " + nice);
            }
        }
    }

    int geteuid() {
        try (Call call = libc.call("geteuid")) {
            // uid_t geteuid(void);
            return call.invoke();
        } catch (PosixException e) {
            throw new AssertionError("POSIX says that it cannot fail", e);
        }
    }

    @SuppressWarnings("restricted") // what --enable-native-access allows
    List<byte[]> environment() throws PosixException {
        // extern char **environ;
        MemorySegment array = libc.require("environ").reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0)
                .reinterpret(MOST_ENVIRONMENT);
        List<byte[]> entries = new ArrayList<>();
        int size = 0;
        for (int i = 0; array.address() != Memory.NULL && size < MOST_ENVIRONMENT; i++) {
            MemorySegment entry = array.getAtIndex(ADDRESS, i);
            if (entry.address() == Memory.NULL) {
                break;
            }
            MemorySegment text = entry.reinterpret(MOST_ENVIRONMENT);
            int length = 0;
            while (text.get(JAVA_BYTE, length) != 0) {
                length++;
            }
            entries.add(text.asSlice(0, length).toArray(JAVA_BYTE));
            size += Long.BYTES + length + 1;
        }
        return entries;
    }

    void unsetenv(String name) throws PosixException {
        try (Call call = libc.call("unsetenv")) {
            // int unsetenv(const char *name);
            if (call.invoke(call.string(name.getBytes(StandardCharsets.UTF_8)).address()) < 0) {
                throw call.failure(name);
            }
        }
    }
}
