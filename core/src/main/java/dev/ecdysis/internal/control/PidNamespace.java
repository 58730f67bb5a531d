package dev.ecdysis.internal.control;

import dev.ecdysis.internal.log.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// In which pid namespace a process is, as pid_namespaces(7) identifies it. A number that a process of another one calls
/// its pid means somebody else here, or nobody.
final class PidNamespace {
    private static final System.Logger LOG = Log.of(PidNamespace.class);

    private PidNamespace() {
    }

    /// This process's; nothing where that cannot be found out.
    public static OptionalLong own() {
        try {
            String link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            return OptionalLong.of(Long.parseLong(link, "pid:[".length(), link.length() - 1, 10));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            LOG.log(System.Logger.Level.DEBUG, "the pid namespace is not known", e);
            return OptionalLong.empty();
        }
    }
}
