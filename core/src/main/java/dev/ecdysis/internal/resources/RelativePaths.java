package dev.ecdysis.internal.resources;

import dev.ecdysis.Address;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.launch.WorkingDirectory;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.options.Options;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Paths that were given relative to the working directory. It may be a link to a release, `current`, say: once that has
/// moved, the same words lead whoever uses them to another place than where the server has its files.
public final class RelativePaths {
    public static final String CURE = "give the whole path, outside of the releases, such as /run/app/...";

    private static final System.Logger LOG = Log.of(RelativePaths.class);

    private RelativePaths() {
    }

    /// One line for each.
    public static List<String> of(Options options, List<ManagedListener> listeners) {
        List<String> found = new ArrayList<>(of("control socket", options.controlSocket()));
        found.addAll(of("PID file", options.pidFile()));
        for (ManagedListener listener : listeners) {
            of(listener.name(), listener.address()).ifPresent(found::add);
        }
        return found;
    }

    private static List<String> of(String what, Optional<Path> path) {
        return path.isEmpty() || path.get().isAbsolute() ? List.of()
                : List.of("the path of the " + what + " is relative (" + path.get() + "), and means "
                        + path.get().toAbsolutePath().normalize() + " in this process only");
    }

    private static Optional<String> of(String name, Address address) {
        return address instanceof Unix unix && unix.relative()
                ? Optional.of("the path of listener " + name + " is relative, and means " + unix.path()
                        + " in this process only")
                : Optional.empty();
    }

    /// Before anything is made there.
    ///
    /// @throws EcdysisException when it would be made in another folder than is meant
    public static void check(Options options) throws EcdysisException {
        for (String line : of(options, List.of())) {
            check(line);
        }
    }

    /// The same.
    public static void check(String name, Address address) throws EcdysisException {
        Optional<String> line = of(name, address);
        if (line.isPresent()) {
            check(line.get());
        }
    }

    private static void check(String line) throws EcdysisException {
        if (!WorkingDirectory.isExpressible()) {
            throw new EcdysisException("cannot start: " + line + ", because the name of the working directory has"
                    + " characters that this locale does not know; give the whole path, or start it with"
                    + " LC_ALL=C.UTF-8");
        }
        LOG.log(System.Logger.Level.WARNING, line + "; " + CURE);
    }
}
