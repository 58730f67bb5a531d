package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.PosixException;
import java.io.IOException;
import java.util.Optional;

/// Why a process could not be started, in more words than errno has: it may have become so since the preflight check, or
/// may not be seen beforehand.
public final class SpawnFailure {
    private SpawnFailure() {
    }

    public static IOException explained(PosixException e, LaunchDescription launch) {
        Optional<String> cause = StartFolder.obstacle(launch.directory(), false)
                .or(() -> ProgramPath.obstacle(launch)).map(Obstacle::line).or(() -> hint(e));
        return cause.isPresent() ? new IOException(e.getMessage() + ": " + cause.get(), e) : e;
    }

    private static Optional<String> hint(PosixException e) {
        if (e.is(Errno.ENOEXEC)) {
            return Optional.of("it is no program of this machine; if it is a script, begin it with #!/bin/sh");
        }
        if (e.is(Errno.ETXTBSY)) {
            return Optional.of("somebody is writing it; upgrade again when it is complete");
        }
        if (e.is(Errno.E2BIG)) {
            return Optional
                    .of("arguments and environment are more than the kernel takes; make them smaller, or raise the"
                            + " limit of the stack (ulimit -s)");
        }
        if (e.is(Errno.EAGAIN)) {
            return Optional.of("the limit of processes is reached; raise ulimit -u or TasksMax");
        }
        if (e.is(Errno.EACCES) || e.is(Errno.EPERM)) {
            return Optional
                    .of("the files' modes and mounts allow it, so a security module (SELinux, AppArmor, fapolicyd)"
                            + " or a seccomp filter does not; see the audit log");
        }
        return Optional.empty();
    }
}
