package dev.ecdysis.internal.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What a path is right now: device and inode tell whether it is still the file that we made.
///
/// @param changedMillis when it was made, or its mode or owner changed, by the clock of the file system
record UnixPath(Path path, long device, long inode, boolean isSocket, long changedMillis) {
    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    /// Empty when nothing is there. A symbolic link is looked at itself: it is not a socket.
    static Optional<UnixPath> look(Path path) throws IOException {
        return find(path, LinkOption.NOFOLLOW_LINKS);
    }

    /// What somebody reaches who connects there: whatever the path leads to.
    static Optional<UnixPath> follow(Path path) throws IOException {
        return find(path);
    }

    private static Optional<UnixPath> find(Path path, LinkOption... options) throws IOException {
        try {
            Map<String, Object> found = Files.readAttributes(path, "unix:dev,ino,mode,ctime", options);
            int mode = ((Number) found.getOrDefault("mode", 0)).intValue();
            return Optional.of(new UnixPath(path, number(found, "dev"), number(found, "ino"),
                    (mode & FILE_TYPE) == SOCKET, changed(found)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    boolean is(long otherDevice, long otherInode) {
        return device == otherDevice && inode == otherInode;
    }

    /// Whether it has changed within that time. A clock that was set back does not make a file young for ever.
    boolean isYoungerThan(Duration age) {
        return Math.abs(System.currentTimeMillis() - changedMillis) < age.toMillis();
    }

    /// Removes the path, unless it has become another file since [#look].
    void unlinkIfUnchanged() throws IOException {
        Optional<UnixPath> now = look(path);
        if (now.isPresent() && now.get().is(device, inode)) {
            Files.deleteIfExists(path);
        }
    }

    private static long changed(Map<String, Object> attributes) {
        return attributes.get("ctime") instanceof FileTime time ? time.toMillis() : 0;
    }

    private static long number(Map<String, Object> attributes, String key) {
        return ((Number) attributes.getOrDefault(key, 0L)).longValue();
    }
}
