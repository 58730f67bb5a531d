package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.log.Readiness;
import dev.ecdysis.internal.output.StandardStream;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.util.List;

/// Waits until somebody reads standard error, when it is a pipe that is full, or a terminal that was stopped.
record StandardErrorRoom(Posix posix) implements Readiness {
    @Override
    public boolean await(int millis) {
        Fd stderr = Fd.own(posix, StandardStream.ERROR.number());
        try {
            PollFd room = new PollFd(stderr, Linux.POLLOUT);
            posix.poll(List.of(room), millis);
            return room.isReady();
        } catch (PosixException e) {
            return true; // then the write finds out
        } finally {
            stderr.release();
        }
    }
}
