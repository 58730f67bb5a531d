package dev.ecdysis.internal.procfs;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Sockets that a new process has from us though nobody gave them to it, which would keep clients waiting for an end
/// that never comes.
///
/// One look right after the start misses none: `posix_spawn(3)` returns after exec, what crosses exec is there from the
/// first moment on, and a dynamic loader or launcher closes nothing that it did not open. Nor does it open sockets: a
/// JVM takes a tenth of a second to its first. If we were stopped for so long between the start and the look, a socket
/// of the process's own counts as leaked, which costs another start and harms nobody. (To compare with the sockets we
/// have would spare that, and miss one that we have closed meanwhile.)
public final class LeakedSockets {
    private static final int STDERR = 2;

    private LeakedSockets() {
    }

    /// Looks for them, and returns their links, such as `socket:[4711]`.
    ///
    /// @param pidfd of the process, which is a child of ours that nobody has reaped
    /// @param given the link of the socket that was given to it
    /// @throws IOException when that cannot be seen
    public static Set<String> of(Posix posix, int pid, Fd pidfd, String given) throws IOException {
        try {
            return among(descriptors(pid), given);
        } catch (IOException e) {
            if (posix.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), 0) > 0) {
                // It has ended, and nothing is open in it.
                return Set.of();
            }
            throw new IOException(
                    "cannot see whether process " + pid + " has inherited a connection, because /proc/" + pid
                            + "/fd cannot be read (" + e
                            + "); its program must be readable, and have no capabilities of its own",
                    e);
        }
    }

    /// Picks the links of the sockets that a process has too many. Standard input, output and error are given to it as
    /// well, and are sockets under systemd.
    ///
    /// @param descriptors of the process: numbers to links
    /// @param given the link of the socket that was given to it
    static Set<String> among(Map<Integer, String> descriptors, String given) {
        Set<String> leaked = new TreeSet<>();
        descriptors.forEach((number, link) -> {
            if (number > STDERR && link.startsWith("socket:")) {
                leaked.add(link);
            }
        });
        leaked.remove(given);
        for (int number = 0; number <= STDERR; number++) {
            leaked.remove(descriptors.getOrDefault(number, ""));
        }
        return leaked;
    }

    private static Map<Integer, String> descriptors(int pid) throws IOException {
        Map<Integer, String> descriptors = new TreeMap<>();
        try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/proc", Integer.toString(pid), "fd"))) {
            for (Path link : links) {
                link(link).ifPresent(target -> descriptors.put(Integer.valueOf(link.getFileName().toString()), target));
            }
        }
        return descriptors;
    }

    /// Empty when it was closed since it was listed.
    private static Optional<String> link(Path descriptor) throws IOException {
        try {
            return Optional.of(Files.readSymbolicLink(descriptor).toString());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
