package dev.ecdysis;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A Unix stream socket bound to a path, see [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html).
///
/// The path is made absolute against the working directory. The process that listens last removes it when it
/// stops; an upgrade leaves it alone. Backlog and mode follow what the latest version asks for, once its upgrade is
/// committed.
public final class Unix implements Address {
    private static final int LONGEST_PATH = 107;

    private final Path path;
    private final int backlog;
    private final int mode;
    private final boolean relative;

    private Unix(Path path, int backlog, int mode, boolean relative) {
        this.path = path;
        this.relative = relative;
        this.backlog = backlog;
        this.mode = mode;
    }

    /// A path with the default options.
    ///
    /// @throws IllegalArgumentException when the path is longer than the 107 bytes that `sun_path` holds
    public static Unix of(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        int length = absolute.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_PATH) {
            throw new IllegalArgumentException("the path of a Unix socket holds at most " + LONGEST_PATH
                    + " bytes, and this one has " + length + "; use a shorter folder: " + absolute);
        }
        return new Unix(absolute, DEFAULT_BACKLOG, 0666, !path.isAbsolute());
    }

    /// Where it is bound: absolute and normalised, without links being followed.
    public Path path() {
        return path;
    }

    /// Whether the path was given relative to the working directory, and so means another place in another one.
    public boolean relative() {
        return relative;
    }

    @Override
    public int backlog() {
        return backlog;
    }

    /// How many connections may wait to be accepted.
    ///
    /// @param connections 1 or more. A full Unix backlog refuses at once with `EAGAIN`
    public Unix backlog(int connections) {
        return new Unix(path, Checks.atLeast(1, connections, "backlog"), mode, relative);
    }

    /// The permissions of the path, such as `0660`; connecting needs write permission.
    public int mode() {
        return mode;
    }

    /// The permissions that the path is made with.
    ///
    /// @param permissions the nine permission bits, 0 to 0777; the umask is not applied. Default 0666
    public Unix mode(int permissions) {
        if (permissions < 0 || permissions > 0777) {
            throw new IllegalArgumentException(
                    "mode must be 0 to 0777 (octal): " + Integer.toOctalString(permissions));
        }
        return new Unix(path, backlog, permissions, relative);
    }

    @Override
    public String toString() {
        return "unix:" + path;
    }
}
