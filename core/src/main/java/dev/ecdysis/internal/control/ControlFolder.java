package dev.ecdysis.internal.control;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.registry.SocketFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Where the control socket lives. Whoever can replace the socket can pose as the server, so its folder must belong to
/// us or root, and nobody else may write there.
public final class ControlFolder {
    private static final int OWNER_ONLY = 0600;
    /// Few ask, and each is answered at once; more would only be strangers.
    static final int BACKLOG = 64;

    private static final String WEAK = "others could put their own socket there, and the command line turns away from"
            + " it; use a folder below those that only the server's user and root may write to";
    private static final System.Logger LOG = Log.of(ControlFolder.class);

    private ControlFolder() {
    }

    /// What lets others replace a folder above the control socket's own, which is checked when it is bound.
    ///
    /// @param socket bound already
    /// @return one clause; empty when nobody could
    public static Optional<String> weakness(Posix posix, Path socket) {
        try {
            return SocketPath.examine(socket).weakness(posix.geteuid());
        } catch (IOException e) {
            return Optional.of("the way to it cannot be examined (" + e + ")");
        }
    }

    /// Binds the control socket with mode 0600, making its folder with mode 0700 when it is missing.
    ///
    /// @throws EcdysisException when the folder is not safe, or another process listens there
    public static BoundSockets bind(Posix posix, SocketFactory factory, String name, Path socket)
            throws EcdysisException {
        Unix address = Unix.of(socket).mode(OWNER_ONLY).backlog(BACKLOG);
        Path folder = address.path().getParent();
        if (folder == null) {
            throw new EcdysisException("the control socket needs a folder: " + socket);
        }
        try {
            if (!Files.exists(folder)) {
                Files.createDirectories(folder,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            check(posix, folder);
        } catch (EcdysisException e) {
            throw e;
        } catch (IOException e) {
            throw new EcdysisException("the control socket's folder " + folder + " cannot be used (" + e + ");"
                    + " create it with mode 0700, owned by the server's user", e);
        }
        BoundSockets bound = factory.bind(name, address, true);
        warnOfWeakness(posix, address.path());
        return bound;
    }

    /// Logs what lets others replace a folder above.
    ///
    /// @param socket bound already
    public static void warnOfWeakness(Posix posix, Path socket) {
        weakness(posix, socket).ifPresent(why -> LOG.log(System.Logger.Level.WARNING,
                "the control socket " + socket + " is not safe: " + why + ", so " + WEAK));
    }

    /// Whether a missing one can be made where it was.
    public static boolean canBeMade(Path folder) {
        Path above = folder;
        while (above != null && Files.notExists(above, LinkOption.NOFOLLOW_LINKS)) {
            above = above.getParent();
        }
        return above != null && Files.isDirectory(above) && Files.isWritable(above);
    }

    private static void check(Posix posix, Path folder) throws IOException {
        int owner = (Integer) Objects.requireNonNull(Files.getAttribute(folder, "unix:uid"));
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
        boolean others = permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE);
        if ((owner != posix.geteuid() && owner != 0) || others) {
            throw new EcdysisException("the control socket's folder " + folder + " belongs to user " + owner
                    + " with permissions " + PosixFilePermissions.toString(permissions)
                    + ", so others could replace the socket; use a folder of mode 0700 owned by the server's user");
        }
    }
}
