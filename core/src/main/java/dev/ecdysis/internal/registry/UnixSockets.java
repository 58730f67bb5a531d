package dev.ecdysis.internal.registry;

import static dev.ecdysis.internal.posix.Linux.AF_UNIX;
import static dev.ecdysis.internal.posix.Linux.SOCK_NONBLOCK;
import static dev.ecdysis.internal.posix.Linux.SOCK_STREAM;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Creates listening Unix sockets, and clears away the path that a server left behind when it was killed.
final class UnixSockets {
    /// A socket file of this age may be that of a server which is just starting.
    private static final Duration YOUNG = Duration.ofSeconds(1);
    /// What such a server is given to listen. It takes two calls, but it may be short of processor time.
    private static final int START_MILLIS = 200;
    private static final PosixFilePermission[] PERMISSIONS = PosixFilePermission.values();

    private final Posix posix;

    UnixSockets(Posix posix) {
        this.posix = posix;
    }

    BoundSockets bind(String name, Unix address, boolean control) throws EcdysisException {
        Path path = address.path();
        Optional<UnixPath> made = Optional.empty();
        Fd socket = null;
        try {
            socket = posix.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
            // Before bind, so that the path never has more permissions than these; bind takes the umask's
            // away.
            posix.fchmod(socket, address.mode());
            bindOverStale(name, socket, path);
            made = UnixPath.look(path);
            // Gives back what the umask took, before anybody can connect.
            setMode(address);
            posix.listen(socket, address.backlog());
            return finish(name, address, socket, made, control);
        } catch (IOException | RuntimeException e) {
            undo(socket, made);
            if (e instanceof RuntimeException unexpected) {
                throw unexpected;
            }
            throw BindErrors.ofUnix(name, address, (IOException) e);
        }
    }

    /// Two servers that start at once can each take the other's new path for a stale one. The path shows who
    /// won.
    private BoundSockets finish(String name, Unix address, Fd socket, Optional<UnixPath> made,
            boolean control)
            throws IOException {
        Optional<UnixPath> now = UnixPath.look(address.path());
        if (made.isEmpty() || now.isEmpty() || !now.get().is(made.get().device(), made.get().inode())) {
            throw new EcdysisException("cannot listen on " + address + " (" + name
                    + "): another process has just taken the path; start only one of the two");
        }
        return BoundSockets.boundToPath(posix, name, address.toString(), socket, made.get(), control);
    }

    private void bindOverStale(String name, Fd socket, Path path) throws IOException {
        try {
            posix.bind(socket, new SockAddr.Unix(path));
            return;
        } catch (PosixException e) {
            if (!e.is(Errno.EADDRINUSE)) {
                throw e;
            }
        }
        Optional<UnixPath> found = UnixPath.look(path);
        if (found.isPresent()) {
            refuseUnlessStale(name, found.get());
            if (found.get().isYoungerThan(YOUNG)) {
                // Perhaps its server has not come from bind(2) to listen(2) yet.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(START_MILLIS));
                refuseUnlessStale(name, found.get());
            }
            found.get().unlinkIfUnchanged();
        }
        posix.bind(socket, new SockAddr.Unix(path));
    }

    private void refuseUnlessStale(String name, UnixPath found) throws EcdysisException {
        String start = "cannot listen on unix:" + found.path() + " (" + name + "): ";
        if (!found.isSocket()) {
            throw new EcdysisException(start + "the path exists and is not a socket, so it was left alone;"
                    + " remove it or use another path");
        }
        try (Fd probe = posix.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
            posix.connect(probe, new SockAddr.Unix(found.path()));
            int pid = posix.peerCredentials(probe).pid();
            throw new EcdysisException(start + ListeningProcess.describe(pid)
                    + " listens there; stop it, or use another path");
        } catch (PosixException e) {
            if (e.is(Errno.ECONNREFUSED) || e.is(Errno.ENOENT)) {
                return; // a socket that nobody listens on: its server is gone
            }
            String why = e.is(Errno.EAGAIN) ? "a server listens there, and its accept queue is full"
                    : "it could not be found out whether a server listens there: " + e.getMessage();
            throw new EcdysisException(start + why + "; stop the server, or use another path", e);
        }
    }

    /// Whether that is a socket and no server has it any more.
    static boolean isAbandoned(Posix posix, UnixPath found) {
        if (!found.isSocket()) {
            return false;
        }
        try (Fd probe = posix.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
            posix.connect(probe, new SockAddr.Unix(found.path()));
            return false;
        } catch (PosixException e) {
            return e.is(Errno.ECONNREFUSED);
        }
    }

    private static void undo(@Nullable Fd socket, Optional<UnixPath> made) {
        if (socket != null) {
            socket.close();
        }
        if (made.isPresent()) {
            try {
                made.get().unlinkIfUnchanged();
            } catch (IOException e) {
                Log.of(UnixSockets.class).log(System.Logger.Level.WARNING,
                        "removing " + made.get().path(), e);
            }
        }
    }

    static void setMode(Unix address) throws IOException {
        Files.setPosixFilePermissions(address.path(), permissions(address.mode()));
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < PERMISSIONS.length; i++) { // declared in the order rwxrwxrwx
            if ((mode >> (PERMISSIONS.length - 1 - i) & 1) != 0) {
                set.add(PERMISSIONS[i]);
            }
        }
        return set;
    }
}
