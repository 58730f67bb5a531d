package dev.ecdysis.internal.process;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// What the kernel calls a process and, unlike its pid, never another one: the inode of its descriptors, in a file system of
/// their own from Linux 6.9 on.
public final class PidfdId {
    private static final System.Logger LOG = Log.of(PidfdId.class);
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private PidfdId() {
    }

    /// Empty where it means nothing: on older kernels all such descriptors have one inode, that of the events too.
    public static OptionalLong of(Posix posix, Fd pidfd) {
        try (Fd other = posix.eventfd()) {
            return Long.valueOf(attribute(pidfd, "dev")).equals(attribute(other, "dev")) ? OptionalLong.empty()
                    : OptionalLong.of(attribute(pidfd, "ino"));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the service manager is told the pid only", e);
            return OptionalLong.empty();
        }
    }

    private static long attribute(Fd fd, String name) throws IOException {
        Path path = DESCRIPTORS.resolve(Integer.toString(fd.number()));
        return ((Number) Files.getAttribute(path, "unix:" + name)).longValue();
    }
}
