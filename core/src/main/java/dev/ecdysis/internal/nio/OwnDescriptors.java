package dev.ecdysis.internal.nio;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.File;
import java.io.IOException;

/// Finds out which descriptor a channel has, which the JDK does not tell.
///
/// The difference of two looks at `/proc/self/fd` would not do: other threads open and close descriptors in between.
/// But no two listening sockets of a process have the same address, unless both ask for `SO_REUSEPORT`.
final class OwnDescriptors {
    private static final File FOLDER = new File("/proc/self/fd");

    private OwnDescriptors() {
    }

    /// The number of the descriptor that listens on the address.
    static int listening(Posix posix, SockAddr address) throws IOException {
        String[] names = FOLDER.list();
        if (names == null) {
            throw new IOException(FOLDER + " cannot be read; is /proc mounted?");
        }
        for (String name : names) {
            int number = Integer.parseInt(name);
            if (isListening(posix, number, address)) {
                return number;
            }
        }
        throw new IOException("no descriptor of this process listens on " + address);
    }

    private static boolean isListening(Posix posix, int number, SockAddr address) {
        // Not ours to own: it is looked at, and given back.
        Fd candidate = Fd.own(posix, number);
        try {
            return posix.getsockopt(candidate, Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN) == 1
                    && posix.getsockname(candidate).equals(address);
        } catch (PosixException e) {
            // Not a socket, or closed by its owner since we listed it.
            return false;
        } finally {
            candidate.release();
        }
    }
}
