package dev.ecdysis.client;

import dev.ecdysis.internal.posix.PosixUnavailableException;
import dev.ecdysis.internal.supervisor.Boot;
import java.io.IOException;

/// Follows a server from one generation to the next, as `ecdysis run` does: the first process of a container, or what a
/// service manager started, that stays while generations come and go.
public final class Supervisor {
    private Supervisor() {
    }

    /// Turns this process into a supervisor, by exec, with a small JVM of its own. It starts the server with this
    /// process's environment and working directory; passes on the signals HUP, INT, QUIT, TERM, USR1, USR2, WINCH and those
    /// of real time to whoever serves; waits for everything that descends from it; and ends with the exit status of the
    /// generation that served last, with 127 when there is no such program, 126 when it cannot be executed, and 125 when
    /// it fails itself.
    ///
    /// Does not return. Call it early: nothing of this JVM is left, not even its shutdown hooks run.
    ///
    /// @param words how many words at the end of this process's command line are that of the server: its program first
    /// @throws IOException when this process cannot become one, with the reason
    public static void become(int words) throws IOException {
        if (words < 1) {
            throw new IllegalArgumentException("a program has at least one word, not " + words);
        }
        try {
            Boot.supervise(words);
        } catch (PosixUnavailableException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
