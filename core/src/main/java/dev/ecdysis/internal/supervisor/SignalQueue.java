package dev.ecdysis.internal.supervisor;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// The signals that come to this process. All are blocked, from before the JVM was there: it handles none, and none is
/// lost.
final class SignalQueue implements AutoCloseable {
    /// Besides these, those of real time. Not the ones that stop and continue a job of a shell's: they are for us as well.
    private static final List<Integer> PASSED_ON = List.of(Linux.SIGHUP, Linux.SIGINT, Linux.SIGQUIT, Linux.SIGTERM,
            Linux.SIGUSR1, Linux.SIGUSR2, Linux.SIGWINCH);
    private static final int FIRST_OF_REAL_TIME = 34;
    /// The last one is what HotSpot is told to use instead of SIGUSR2.
    private static final int LAST_OF_REAL_TIME = 63;

    private static final int SIGNALFD_SIGINFO_SIZE = 128;
    private static final int SSI_SIGNO = 0;
    private static final int SSI_CODE = 8;
    /// `SI_KERNEL`: nobody sent it. A terminal did, for one.
    private static final int SI_KERNEL = 0x80;

    private final Posix posix;
    private final Fd fd;

    /// @param fromKernel whether no process sent it
    record Arrived(int signal, boolean fromKernel) {
    }

    private SignalQueue(Posix posix, Fd fd) {
        this.posix = posix;
        this.fd = fd;
    }

    /// What is blocked: bit N-1 stands for signal N.
    static long all() {
        long set = bit(Linux.SIGCHLD);
        for (int signal : PASSED_ON) {
            set |= bit(signal);
        }
        for (int signal = FIRST_OF_REAL_TIME; signal <= LAST_OF_REAL_TIME; signal++) {
            set |= bit(signal);
        }
        return set;
    }

    private static long bit(int signal) {
        return 1L << (signal - 1);
    }

    static SignalQueue open(Posix posix) throws IOException {
        return new SignalQueue(posix, posix.signalfd(all()));
    }

    Fd fd() {
        return fd;
    }

    /// What has come. That a child has ended is not told: whoever asks has to look anyway.
    List<Arrived> take() throws IOException {
        List<Arrived> arrived = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.allocate(64 * SIGNALFD_SIGINFO_SIZE).order(ByteOrder.nativeOrder());
        try {
            posix.read(fd, buffer);
        } catch (PosixException e) {
            if (!e.is(Errno.EAGAIN)) {
                throw e;
            }
        }
        buffer.flip();
        for (int at = 0; at + SIGNALFD_SIGINFO_SIZE <= buffer.limit(); at += SIGNALFD_SIGINFO_SIZE) {
            int signal = buffer.getInt(at + SSI_SIGNO);
            if (signal != Linux.SIGCHLD) {
                arrived.add(new Arrived(signal, buffer.getInt(at + SSI_CODE) == SI_KERNEL));
            }
        }
        return arrived;
    }

    @Override
    public void close() {
        fd.close();
    }
}
