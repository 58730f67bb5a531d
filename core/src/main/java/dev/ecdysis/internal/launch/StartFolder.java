package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.procfs.FileNames;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// The working directory that a successor is started in: found out as generation 0 starts, looked at before each upgrade.
///
/// @param directory its name
/// @param obstacle why no successor can be started where generation 0 was, if that is so for good
@SuppressWarnings("ArrayRecordComponent") // names are bytes, and these are never compared
record StartFolder(byte[] directory, Optional<Obstacle> obstacle) {
    private static final String DELETED = " (deleted)";
    private static final String PERFORMANCE_DATA = "hsperfdata_";
    private static final String ELSEWHERE = "start the server from a folder that its user may read and enter";

    /// The one of this process. `$PWD` when it is the same folder: it keeps the symlinks that were walked through, so that
    /// one which has moved leads to the new place.
    ///
    /// @param link `/proc/self/cwd`
    /// @param logical `$PWD`, or empty
    static StartFolder of(Path link, byte[] logical) {
        boolean absolute = logical.length > 0 && logical[0] == '/';
        byte[] actual;
        try {
            if (absolute && isSame(FileNames.path(logical), link)) {
                return new StartFolder(logical, Optional.empty());
            }
            actual = FileNames.bytes(Files.readSymbolicLink(link));
        } catch (IOException e) {
            return new StartFolder(new byte[] {'/'}, Optional.of(new Obstacle(
                    "the working directory is not known, because " + link + " cannot be read (" + e.getMessage() + ")",
                    "mount /proc anew: mount -t proc proc /proc")));
        }
        Path path = FileNames.path(actual);
        String name = FileNames.shown(actual);
        if (name.endsWith(DELETED) && !Files.exists(path)) {
            byte[] before = java.util.Arrays.copyOf(actual, actual.length - DELETED.length());
            return new StartFolder(absolute && leadsTo(FileNames.path(logical), before) ? logical : before,
                    Optional.empty());
        }
        Path last = path.getFileName();
        if (last != null && last.toString().startsWith(PERFORMANCE_DATA)) {
            return new StartFolder(actual, Optional.of(strayed(name, absolute ? FileNames.shown(logical) : "")));
        }
        return new StartFolder(actual, unreachable(path, link, name));
    }

    /// HotSpot goes there to make its file, and comes back by a descriptor of the working directory, which it cannot have
    /// when it may not read that.
    private static Obstacle strayed(String stands, String started) {
        return new Obstacle("this JVM stands in its own folder " + stands + " and not in the working directory "
                + (started.isEmpty() ? "" : started + " ") + "that it was started in, because it may not read that one",
                ELSEWHERE);
    }

    private static Optional<Obstacle> unreachable(Path path, Path link, String name) {
        try {
            if (isSameOrGone(path, link)) {
                return Optional.empty();
            }
        } catch (IOException e) { // not to be entered: that can be cured, and is looked at before each upgrade
            return Optional.empty();
        }
        return Optional.of(new Obstacle("the working directory of this process cannot be reached by its name " + name
                + ": it lies outside of the root or mount namespace of this process, or below a mount",
                "start the server from a folder that it can reach"));
    }

    private static boolean isSame(Path path, Path link) {
        try {
            return Files.isSameFile(path, link);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isSameOrGone(Path path, Path link) throws IOException {
        try {
            return Files.isSameFile(path, link);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static boolean leadsTo(Path logical, byte[] actual) {
        try {
            return logical.toRealPath().equals(FileNames.path(actual));
        } catch (IOException e) {
            return false;
        }
    }

    /// Why a successor cannot be started there now.
    ///
    /// @param listed whether its JVM must be able to list it, because it leaves and comes back
    static Optional<Obstacle> obstacle(byte[] directory, boolean listed) {
        Path path = FileNames.path(directory);
        String name = "the working directory " + FileNames.shown(directory);
        try {
            if (!Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class).isDirectory()) {
                return Optional.of(new Obstacle(name + " is a file",
                        "put the folder back, or start the server from a folder that stays"));
            }
            // Only who may enter it finds its dot.
            Files.readAttributes(path.resolve("."), java.nio.file.attribute.BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return Optional.of(new Obstacle(name + " is gone",
                    "create it, or start the server from a folder that stays"));
        } catch (AccessDeniedException e) {
            return Optional.of(new Obstacle(name + " may not be entered by the server's user, because "
                    + FileNames.shown(closed(path)) + " lets only others in",
                    "chmod or chown that folder, or " + ELSEWHERE));
        } catch (IOException e) {
            return Optional.of(new Obstacle(name + " cannot be entered (" + reason(e) + ")", ELSEWHERE));
        }
        if (listed && !Files.isReadable(path)) {
            return Optional.of(new Obstacle(
                    name + " may be entered and not read by the server's user, and so a JVM that"
                            + " leaves it for its performance data would not find back",
                    "make it readable, give -XX:+PerfDisableSharedMem to java, or " + ELSEWHERE));
        }
        return Optional.empty();
    }

    /// The first folder on the way that may not be searched.
    static Path closed(Path path) {
        Path folder = path.getRoot();
        for (Path name : path) {
            Path next = folder.resolve(name);
            try {
                Files.readAttributes(next, java.nio.file.attribute.BasicFileAttributes.class);
            } catch (AccessDeniedException e) {
                return folder;
            } catch (IOException e) {
                return path;
            }
            folder = next;
        }
        return path;
    }

    /// What the kernel said, without the name.
    static String reason(IOException e) {
        return e instanceof FileSystemException file && file.getReason() != null ? file.getReason()
                : String.valueOf(e.getMessage());
    }
}
