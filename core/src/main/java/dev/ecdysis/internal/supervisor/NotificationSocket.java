package dev.ecdysis.internal.supervisor;

import dev.ecdysis.internal.posix.Datagram;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where those that are supervised say who serves. Its name is abstract: there need not be a folder that may be written
/// to, and nothing is left behind. Anybody in the network namespace can send to it, so every sender is looked at.
final class NotificationSocket implements AutoCloseable {
    private final Posix posix;
    private final Fd socket;
    private final String name;

    /// Of one process, as the kernel says.
    record Received(int sender, Notification notification) {
    }

    private NotificationSocket(Posix posix, Fd socket, String name) {
        this.posix = posix;
        this.socket = socket;
        this.name = name;
    }

    static NotificationSocket open(Posix posix) throws IOException {
        // Containers that share a network namespace each have a process 1.
        String unique = Files.readString(Path.of("/proc/sys/kernel/random/uuid"), StandardCharsets.US_ASCII).strip();
        String name = "ecdysis-run/" + OwnProcess.pid() + "/" + unique;
        Fd socket = posix.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0);
        boolean ready = false;
        try {
            posix.setsockopt(socket, Linux.SOL_SOCKET, Linux.SO_PASSCRED, 1);
            posix.bind(socket, new SockAddr.Abstract(name));
            ready = true;
            return new NotificationSocket(posix, socket, name);
        } finally {
            if (!ready) {
                socket.close();
            }
        }
    }

    Fd fd() {
        return socket;
    }

    /// The value of `NOTIFY_SOCKET`.
    String address() {
        return "@" + name;
    }

    /// The next one that is of an acceptable form; others are dropped. Descriptors are closed at once, which is also what
    /// a sender of `BARRIER=1` waits for.
    ///
    /// @return empty when there is none
    Optional<Received> next() throws IOException {
        try {
            while (true) {
                ByteBuffer buffer = ByteBuffer.allocate(Notification.MOST_BYTES);
                Datagram datagram = posix.receiveDatagram(socket, buffer);
                datagram.descriptors().forEach(Fd::close);
                if (!datagram.truncated() && datagram.sender().isPresent()) {
                    return Optional.of(
                            new Received(datagram.sender().get().pid(), Notification.parse(buffer.flip())));
                }
            }
        } catch (PosixException e) {
            if (e.is(Errno.EAGAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
