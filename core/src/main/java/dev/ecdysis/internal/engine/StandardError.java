package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.time.Duration;
import java.util.List;

/// Where a successor complains before it knows anybody but its predecessor, which reads its standard error.
final class StandardError {
    private static final System.Logger LOG = System.getLogger(StandardError.class.getName());
    private static final int STDOUT = 1;
    private static final int STDERR = 2;
    /// A process that dies closes its descriptors one after the other.
    private static final Duration ONE_AFTER_THE_OTHER = Duration.ofMillis(200);

    private StandardError() {
    }

    /// When nobody reads it any more, it goes where standard output does: why this process cannot start must be found
    /// somewhere.
    static void leaveTheDead(Posix posix) {
        Fd stderr = Fd.own(posix, STDERR);
        Fd stdout = Fd.own(posix, STDOUT);
        try {
            PollFd abandoned = new PollFd(stderr, 0); // errors and hang-ups are always told
            posix.poll(List.of(abandoned), (int) ONE_AFTER_THE_OTHER.toMillis());
            if (abandoned.isReady()) {
                posix.dup3(stdout, STDERR, false);
            }
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.DEBUG, "standard error stays where it is", e);
        } finally {
            stderr.release();
            stdout.release();
        }
    }
}
