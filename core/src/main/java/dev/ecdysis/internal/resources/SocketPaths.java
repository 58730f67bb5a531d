package dev.ecdysis.internal.resources;

import dev.ecdysis.internal.control.ControlFolder;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.status.Check;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether the Unix sockets of this process can still be reached by their paths. A path that is gone is bound anew by the
/// next generation. That cannot make the folder of a listener, whose owner and mode nobody knows.
public final class SocketPaths {
    private static final String NAME = "socket paths";

    private SocketPaths() {
    }

    /// Why not to begin an upgrade, one line that says what to do.
    public static Optional<String> obstacle(List<BoundSockets> sockets) {
        for (BoundSockets one : sockets) {
            Optional<Check> failure = failure(one);
            if (failure.isPresent()) {
                return Optional.of(failure.get().found() + "; " + failure.get().cure());
            }
        }
        return Optional.empty();
    }

    private static Optional<Check> failure(BoundSockets sockets) {
        Optional<Path> folder = sockets.missingFolder();
        if (folder.isEmpty() || (sockets.control() && ControlFolder.canBeMade(folder.get()))) {
            return Optional.empty();
        }
        return Optional.of(Check.fail(NAME, sockets.name() + " cannot be reached at " + sockets.address()
                + ", because the folder " + folder.get() + " is gone",
                sockets.control() ? "create it with mode 0700, owned by the server's user, then upgrade"
                        : "create it with its owner and mode, then upgrade: the new version makes the socket anew"));
    }

    /// For the doctor: also what the next upgrade mends.
    public static List<Check> checks(List<BoundSockets> sockets) {
        List<Check> checks = new ArrayList<>();
        for (BoundSockets one : sockets) {
            Optional<Check> failure = failure(one);
            if (failure.isPresent()) {
                checks.add(failure.get());
            } else if (one.isPathGone()) {
                checks.add(Check.warn(NAME, one.name() + " cannot be reached at " + one.address()
                        + ", because somebody removed it", "upgrade: the new version makes it anew"));
            }
        }
        return checks.isEmpty() ? List.of(Check.pass(NAME, "each leads to its socket")) : checks;
    }
}
