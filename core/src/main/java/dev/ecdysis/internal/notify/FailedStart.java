package dev.ecdysis.internal.notify;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.process.NotifySocket;
import dev.ecdysis.internal.procfs.ProcFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Optional;

/// What the service manager is told when a server does not start. On any thread, and not on the loop's: the process may
/// end before that comes to it.
public final class FailedStart {
    private static final System.Logger LOG = Log.of(FailedStart.class);

    private FailedStart() {
    }

    /// By generation 0: nobody listens to another one, and its predecessor tells.
    ///
    /// @param successors the variable that only another generation has
    public static void tell(Posix posix, String successors, IOException why) {
        try {
            List<byte[]> environment = ProcFiles.environment(posix);
            Optional<byte[]> address = ProcFiles.variable(environment, NotifySocket.NAME);
            if (address.isPresent() && ProcFiles.variable(environment, successors).isEmpty()) {
                tell(NotifySocket.of(posix, new String(address.get(), StandardCharsets.UTF_8)), why);
            }
        } catch (IOException | InvalidPathException e) {
            why.addSuppressed(e);
        }
    }

    static void tell(NotifySocket socket, IOException why) {
        Optional<Errno> errno = PosixException.behind(why);
        String status = StatusText.line("not started: " + why.getMessage());
        try {
            socket.send(errno.isPresent() ? status + "\n" + errnoLine(errno.get().number()) : status);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the service manager is not told why this server does not start", e);
        }
    }

    static String errnoLine(int number) {
        return "ERRNO=" + number;
    }
}
