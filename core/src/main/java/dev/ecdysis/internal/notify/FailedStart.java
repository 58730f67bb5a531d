package dev.ecdysis.internal.notify;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.process.NotifySocket;
import java.io.IOException;
import java.util.Optional;

/// What the service manager is told when a server does not start. On any thread, and not on the loop's: the process may
/// end before that comes to it.
public final class FailedStart {
    private static final System.Logger LOG = Log.of(FailedStart.class);

    private FailedStart() {
    }

    /// By generation 0: nobody listens to another one, and its predecessor tells.
    public static void tell(NotifySocket socket, IOException why) {
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
