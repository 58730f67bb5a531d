package dev.ecdysis.internal.process;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Where a service manager listens, as [sd_notify(3)](https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html)
/// has it: the environment variable `NOTIFY_SOCKET` is a path, or a name in the abstract namespace after an `@`.
public final class NotifySocket {
    public static final String NAME = "NOTIFY_SOCKET";

    private final Posix posix;
    private final SockAddr address;

    private NotifySocket(Posix posix, SockAddr address) {
        this.posix = posix;
        this.address = address;
    }

    /// The one with that address. Nothing is sent yet.
    ///
    /// @param value of the variable
    /// @throws IOException when it is no address of a Unix socket
    public static NotifySocket of(Posix posix, String value) throws IOException {
        int length = value.getBytes(StandardCharsets.UTF_8).length;
        if (length < 2 || length > Linux.SUN_PATH_MAX + (value.startsWith("@") ? 1 : 0)) {
            throw new IOException(NAME + " has " + length + " bytes, and the address of a Unix socket has 2 to "
                    + Linux.SUN_PATH_MAX + "; unset it, or mend it");
        }
        return switch (value.charAt(0)) {
            case '@' -> new NotifySocket(posix, new SockAddr.Abstract(value.substring(1)));
            case '/' -> new NotifySocket(posix, new SockAddr.Unix(Path.of(value)));
            default -> throw new IOException(NAME + "=" + value + " is neither a path nor a name after an @;"
                    + " unset it, or mend it");
        };
    }

    /// Sends one datagram. Does not wait. A socket for each: the manager's own may be another one by the next time.
    ///
    /// @param lines `NAME=value` each, and line ends between them
    /// @return false when its queue is full: try again later
    /// @throws IOException when nobody listens there
    public boolean send(String lines) throws IOException {
        return send(lines, List.of());
    }

    /// The same with descriptors, which stay the caller's.
    public boolean send(String lines, List<Fd> descriptors) throws IOException {
        try (Fd socket = posix.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0)) {
            posix.connect(socket, address);
            posix.sendmsg(socket, ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8)), descriptors);
            return true;
        } catch (PosixException e) {
            if (e.is(Errno.EAGAIN) || e.is(Errno.ENOBUFS)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
