package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SpawnRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Starting a process with `posix_spawn(3)`, whose functions return the error instead of setting errno.
final class SpawnCalls {
    /// `posix_spawn_file_actions_t`, `posix_spawnattr_t` and `sigset_t` have 80, 336 and 128 bytes, in glibc and in
    /// musl alike.
    private static final int OPAQUE_SIZE = 512;

    private static final int POSIX_SPAWN_SETSIGDEF = 0x04;
    private static final int POSIX_SPAWN_SETSIGMASK = 0x08;
    /// Since glibc 2.26; musl has it too.
    private static final int POSIX_SPAWN_SETSID = 0x80;
    private static final String CLOSEFROM = "posix_spawn_file_actions_addclosefrom_np";
    /// musl has no function for it, and glibc got one with closefrom.
    private static final int SYS_CLOSE_RANGE = 436;
    private static final int CLOSE_RANGE_CLOEXEC = 1 << 2;
    private static final long HIGHEST_DESCRIPTOR = 0xFFFF_FFFFL;

    private static final int SIGPIPE = 13;
    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    private final Libc libc;
    private final FileCalls files;
    private final SpawnMethod way;

    SpawnCalls(Libc libc, FileCalls files, SpawnMethod way) {
        this.libc = libc;
        this.files = files;
        this.way = way;
    }

    boolean mayLeak() {
        return !way.byTheChild(libc.has(CLOSEFROM));
    }

    int spawn(SpawnRequest request) throws PosixException {
        Map<Integer, Fd> wanted = new TreeMap<>(request.descriptors());
        int highest = STDERR;
        for (int number : wanted.keySet()) {
            if (number < STDOUT) {
                throw new IllegalArgumentException("stdin is not replaced: " + number);
            }
            highest = Math.max(highest, number);
        }
        List<Fd> temporary = new ArrayList<>();
        try {
            // The child runs its dup2 calls one after the other, so a target must not be a source that is still
            // needed; and dup2 of a number onto itself would leave close-on-exec set. With every source above
            // every target neither happens, in whatever order.
            for (Map.Entry<Integer, Fd> entry : wanted.entrySet()) {
                if (entry.getValue().number() <= highest) {
                    Fd above = files.duplicate(entry.getValue(), highest + 1);
                    temporary.add(above);
                    entry.setValue(above);
                }
            }
            return spawn(request, wanted, highest);
        } finally {
            temporary.forEach(Fd::close);
        }
    }

    private int spawn(SpawnRequest request, Map<Integer, Fd> descriptors, int highest) throws PosixException {
        try (Call call = libc.call("posix_spawn")) {
            Memory attributes = call.allocate(OPAQUE_SIZE);
            Memory actions = call.allocate(OPAQUE_SIZE);
            // int posix_spawnattr_init(posix_spawnattr_t *attr);
            must("posix_spawnattr_init", attributes.address());
            try {
                setAttributes(call, attributes, request.newSession());
                // int posix_spawn_file_actions_init(posix_spawn_file_actions_t *file_actions);
                must("posix_spawn_file_actions_init", actions.address());
                try {
                    addActions(call, actions, request, descriptors, highest);
                    return start(call, request, actions, attributes);
                } finally {
                    // int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *file_actions);
                    must("posix_spawn_file_actions_destroy", actions.address());
                }
            } finally {
                // int posix_spawnattr_destroy(posix_spawnattr_t *attr);
                must("posix_spawnattr_destroy", attributes.address());
            }
        }
    }

    /// Threads of the JVM may run with signals blocked, and a mask crosses exec. Handlers do not: exec resets them,
    /// and only what is ignored stays so, which is right for SIGHUP under nohup and never for SIGPIPE.
    private void setAttributes(Call call, Memory attributes, boolean newSession) throws PosixException {
        Memory signals = call.allocate(OPAQUE_SIZE);
        // int sigemptyset(sigset_t *set);
        must("sigemptyset", signals.address());
        // int posix_spawnattr_setsigmask(posix_spawnattr_t *attr, const sigset_t *sigmask);
        must("posix_spawnattr_setsigmask", attributes.address(), signals.address());
        // int sigaddset(sigset_t *set, int signum);
        must("sigaddset", signals.address(), SIGPIPE);
        // int posix_spawnattr_setsigdefault(posix_spawnattr_t *attr, const sigset_t *sigdefault);
        must("posix_spawnattr_setsigdefault", attributes.address(), signals.address());
        // int posix_spawnattr_setflags(posix_spawnattr_t *attr, short flags);
        must("posix_spawnattr_setflags", attributes.address(),
                POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (newSession ? POSIX_SPAWN_SETSID : 0));
    }

    private void addActions(Call call, Memory actions, SpawnRequest request, Map<Integer, Fd> descriptors,
            int highest)
            throws PosixException {
        for (Map.Entry<Integer, Fd> entry : descriptors.entrySet()) {
            // int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *file_actions, int fd, int newfd);
            must("posix_spawn_file_actions_adddup2", actions.address(), entry.getValue().number(),
                    entry.getKey());
        }
        for (int gap = STDERR + 1; gap < highest; gap++) {
            if (!descriptors.containsKey(gap)) {
                // int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *file_actions, int fd);
                must("posix_spawn_file_actions_addclose", actions.address(), gap);
            }
        }
        if (!mayLeak()) {
            // int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *file_actions, int from);
            must(CLOSEFROM, actions.address(), highest + 1);
        }
        Memory directory = call.string(checked(request.directory(), "directory"));
        // int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *file_actions, const char *path);
        must("posix_spawn_file_actions_addchdir_np", actions.address(), directory.address());
    }

    private int start(Call call, SpawnRequest request, Memory actions, Memory attributes)
            throws PosixException {
        Memory pid = call.allocate(Integer.BYTES);
        Memory path = call.string(checked(request.program(), "program"));
        Memory arguments = vector(call, request.arguments(), "argument");
        Memory environment = vector(call, request.environment(), "environment variable");
        if (mayLeak()) {
            // Last of all: what is opened from here on crosses exec.
            closeAllOnExec();
        }
        // int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *file_actions,
        //         const posix_spawnattr_t *attrp, char *const argv[], char *const envp[]);
        int error = call.invoke(pid.address(), path.address(), actions.address(), attributes.address(),
                arguments.address(), environment.address());
        if (error != 0) {
            throw new PosixException("posix_spawn", new String(request.program(), StandardCharsets.UTF_8) + " in "
                    + new String(request.directory(), StandardCharsets.UTF_8), new Errno(error));
        }
        return pid.bytes().getInt(0);
    }

    void exec(String program, List<byte[]> words, List<byte[]> variables) throws PosixException {
        try (Call call = libc.call("execve")) {
            Memory path = call.string(checked(program.getBytes(StandardCharsets.UTF_8), "program"));
            Memory arguments = vector(call, words, "argument");
            Memory environment = vector(call, variables, "environment variable");
            closeWhatCanBe();
            // int execve(const char *pathname, char *const argv[], char *const envp[]);
            call.invoke(path.address(), arguments.address(), environment.address());
            throw call.failure(program);
        }
    }

    private void closeWhatCanBe() throws PosixException {
        try {
            closeAllOnExec();
        } catch (PosixException e) {
            if (!e.is(Errno.ENOSYS)) {
                throw e;
            } // On an older kernel the few files that the JVM keeps open without the mark stay open, which does no harm.
        }
    }

    /// The duplicates that dup2 makes in the child do not have the mark of what they were made from.
    private void closeAllOnExec() throws PosixException {
        try (Call call = libc.syscall("close_range")) {
            // int syscall(SYS_close_range, unsigned int first, unsigned int last, unsigned int flags);
            if (call.invoke(SYS_CLOSE_RANGE, STDERR + 1, HIGHEST_DESCRIPTOR, CLOSE_RANGE_CLOEXEC) < 0) {
                throw closeRangeFailed(call.errno());
            }
        }
    }

    /// Linux has no `close_range` before 5.9, and until 5.11 one that does not know the flag.
    static PosixException closeRangeFailed(Errno errno) {
        boolean missing = errno.equals(Errno.ENOSYS) || errno.equals(Errno.EINVAL);
        return new PosixException("close_range", missing
                ? "no " + CLOSEFROM + " in this C library, and Linux older than 5.11"
                : "CLOSE_RANGE_CLOEXEC", missing ? Errno.ENOSYS : errno);
    }

    /// A null-terminated array of C strings.
    private static Memory vector(Call call, List<byte[]> strings, String kind) {
        Memory array = call.allocate((strings.size() + 1) * Long.BYTES);
        for (int i = 0; i < strings.size(); i++) {
            array.bytes().putLong(i * Long.BYTES, call.string(checked(strings.get(i), kind)).address());
        }
        return array;
    }

    private static byte[] checked(byte[] string, String kind) {
        for (byte value : string) {
            if (value == 0) {
                throw new IllegalArgumentException("a zero byte in the " + kind + " "
                        + new String(string, StandardCharsets.UTF_8).replace('\0', '?'));
            }
        }
        return string;
    }

    /// Calls one of the functions that prepare. They return an errno number, those on signal sets -1.
    private void must(String function, long... arguments) throws PosixException {
        try (Call call = libc.call(function)) {
            int error = call.invoke(arguments);
            if (error != 0) {
                throw new PosixException(function, "preparing a child",
                        error < 0 ? call.errno() : new Errno(error));
            }
        }
    }
}
