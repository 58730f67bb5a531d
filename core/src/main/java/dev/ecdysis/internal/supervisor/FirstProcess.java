package dev.ecdysis.internal.supervisor;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SpawnRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Starts generation 0 as a shell would: a name without a slash is looked for on the PATH.
final class FirstProcess {
    /// As shells, docker and chroot(1) have it.
    static final int NOT_EXECUTABLE = 126;
    static final int NOT_FOUND = 127;
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Posix posix;
    private final List<byte[]> words;
    private final List<byte[]> environment;

    /// It was not started.
    static final class Failure extends Exception {
        private static final long serialVersionUID = 1;

        private final int status;

        private Failure(int status, String message) {
            super(message);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    FirstProcess(Posix posix, List<byte[]> words, List<byte[]> environment) {
        this.posix = posix;
        this.words = words;
        this.environment = environment;
    }

    /// Starts it.
    ///
    /// @return its pid
    int start() throws Failure {
        String program = new String(words.getFirst(), StandardCharsets.UTF_8);
        PosixException denied = null;
        for (String candidate : candidates(program)) {
            try {
                return posix.spawn(new SpawnRequest(candidate, words, environment,
                        ".".getBytes(StandardCharsets.UTF_8), Map.of()));
            } catch (PosixException e) {
                if (e.is(Errno.EACCES)) {
                    denied = e;
                } else if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR)) {
                    throw new Failure(NOT_EXECUTABLE, "cannot start " + candidate + ": " + e.getMessage()
                            + (e.is(Errno.ENOEXEC) ? "; if it is a script, begin it with #!/bin/sh" : ""));
                }
            }
        }
        throw denied != null ? new Failure(NOT_EXECUTABLE, "cannot start " + program + ": " + denied.getMessage()
                + "; it is not an executable file")
                : new Failure(NOT_FOUND, "there is no " + program + (program.contains("/")
                        ? ", or it is a script whose interpreter is missing"
                        : " on the PATH; install it, or name it by its path"));
    }

    private List<String> candidates(String program) {
        List<String> candidates = new ArrayList<>();
        if (program.isEmpty() || program.contains("/")) {
            candidates.add(program);
            return candidates;
        }
        for (String folder : path().split(":", -1)) {
            candidates.add((folder.isEmpty() ? "." : folder) + "/" + program);
        }
        return candidates;
    }

    private String path() {
        for (byte[] entry : environment) {
            String text = new String(entry, StandardCharsets.UTF_8);
            if (text.startsWith("PATH=")) {
                return text.substring("PATH=".length());
            }
        }
        return DEFAULT_PATH;
    }
}
