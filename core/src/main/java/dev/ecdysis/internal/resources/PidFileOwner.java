package dev.ecdysis.internal.resources;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.internal.peer.ProcessReaper;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.process.PidFile;
import dev.ecdysis.internal.procfs.ListeningPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Whether the PID file that this server is given is another server's. A number in a file proves nothing: the process that
/// it named may be gone and its number somebody else's, most of all in containers, which count from 1. So the process is
/// asked, at a control socket of its own.
public final class PidFileOwner {
    private static final System.Logger LOG = Log.of(PidFileOwner.class);
    private static final Duration ANSWER = Duration.ofSeconds(1);
    /// Of one process; a server has one control socket, and few other Unix sockets that only its user may use.
    private static final int MOST_SOCKETS = 16;

    private final Posix posix;
    private final PidFile file;
    private final Set<Long> family;

    /// @param family the older generations of this server
    public PidFileOwner(Posix posix, PidFile file, Set<Long> family) {
        this.posix = posix;
        this.file = file;
        this.family = Set.copyOf(family);
    }

    /// Says so when the file names a process that lives and may be another's.
    ///
    /// @throws EcdysisException when it is another server's
    public void check() throws EcdysisException {
        OptionalLong named = file.named();
        if (named.isEmpty()) {
            return;
        }
        long pid = named.getAsLong();
        if (pid == OwnProcess.pid() || family.contains(pid) || !lives(pid)) {
            return;
        }
        Optional<Path> socket = controlSocket(pid);
        if (socket.isPresent()) {
            throw new EcdysisException("the PID file " + file.path() + " is another server's: process " + pid
                    + " serves, and answers at " + socket.get() + "; stop that one first (ecdysis stop --control "
                    + socket.get() + "), or give this server a PID file of its own");
        }
        LOG.log(System.Logger.Level.WARNING, "the PID file " + file.path() + " names process " + pid + name(pid)
                + ", which lives and does not answer as a server with this PID file; it is taken over. If that is a server,"
                + " give one of the two another PID file");
    }

    private boolean lives(long pid) {
        if (pid != (int) pid) {
            return false;
        }
        try (Fd process = posix.pidfdOpen((int) pid)) {
            return !ProcessReaper.hasEnded(posix, process);
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.DEBUG, "the PID file names nobody", e);
            return false;
        }
    }

    private static String name(long pid) {
        try {
            return " (" + OneLine.of(Files.readString(Path.of("/proc", Long.toString(pid), "comm")).strip()) + ")";
        } catch (IOException e) {
            return ""; // it has just ended
        }
    }

    /// Where the process answers as a server with this PID file.
    private Optional<Path> controlSocket(long pid) {
        try {
            for (Path path : ListeningPaths.of(pid, MOST_SOCKETS)) {
                if (isOfOneUserOnly(path) && answers(path)) {
                    return Optional.of(path);
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "process " + pid + " cannot be looked at", e);
        }
        return Optional.empty();
    }

    /// As a control socket is: others are not spoken to.
    private boolean isOfOneUserOnly(Path path) {
        try {
            int owner = (Integer) Objects
                    .requireNonNull(Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS));
            return owner == posix.geteuid() && Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)
                    .equals(PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            return false;
        }
    }

    private boolean answers(Path socket) {
        try (ControlClient client = ControlClient.connect(socket, ANSWER, Set.of(posix.geteuid()))) {
            return client.status().pidFile().filter(path -> file.isAt(Path.of(path))).isPresent();
        } catch (ControlException e) {
            LOG.log(System.Logger.Level.DEBUG, "no server at " + socket, e);
            return false;
        }
    }
}
