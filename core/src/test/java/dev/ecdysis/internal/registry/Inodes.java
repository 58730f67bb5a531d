package dev.ecdysis.internal.registry;

import dev.ecdysis.internal.posix.Fd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The inodes of sockets, which are the same in every process that holds them.
public final class Inodes {
    private Inodes() {
    }

    /// Those that are still open.
    public static List<Long> of(BoundSockets sockets) {
        return sockets.sockets().stream().filter(Fd::isOpen).map(Inodes::of).toList();
    }

    private static long of(Fd socket) {
        try {
            String link = Files.readSymbolicLink(Path.of("/proc/self/fd/" + socket.number())).toString();
            return Long.parseLong(link, "socket:[".length(), link.length() - 1, 10);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
