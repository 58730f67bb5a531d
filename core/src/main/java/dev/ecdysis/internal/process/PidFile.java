package dev.ecdysis.internal.process;

import dev.ecdysis.internal.posix.OwnProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A file that names the process that serves: one decimal number and a line end, replaced by rename(2), so that a
/// reader never finds it absent or empty.
public class PidFile {
    /// Bytes of a number and what is around it.
    private static final int LONGEST = 32;

    private final Path path;
    /// What the kernel calls the file that this process wrote last: it can be told from another's without being read,
    /// also when there are no descriptors left.
    private volatile @Nullable Object ours;
    /// Where that is without links: once one of them has moved, the path leads elsewhere.
    private volatile @Nullable Path written;

    public PidFile(Path path) {
        this.path = path.toAbsolutePath();
    }

    /// Makes it name this process.
    ///
    /// @throws IOException one line that says what to do; the file is then as it was
    public void write() throws IOException {
        long pid = OwnProcess.pid();
        Path temporary = path.resolveSibling("." + path.getFileName() + "." + pid);
        try {
            // In a folder that others may write to, somebody may have put a link there: it must not be followed.
            Files.deleteIfExists(temporary);
            Files.writeString(temporary, pid + "\n", StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.setAttribute(temporary, "posix:permissions", PosixFilePermissions.fromString("rw-r--r--"),
                    LinkOption.NOFOLLOW_LINKS);
            ours = key(temporary);
            Path place = temporary.toRealPath().resolveSibling(path.getFileName());
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            written = place;
        } catch (IOException e) {
            deleteAfter(e, temporary);
            String reason = e instanceof FileSystemException named ? named.getReason() : null;
            throw cannotWrite(e.getClass().getSimpleName() + (reason == null ? "" : ": " + reason), e);
        }
    }

    private static @Nullable Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
    }

    private IOException cannotWrite(String why, @Nullable IOException cause) {
        return new IOException("cannot write the PID file " + path + " (" + why
                + "); its folder must exist and be writable by this user", cause);
    }

    public Path path() {
        return path;
    }

    /// Whether that path leads to this file, whatever links there are on the way to its folder.
    public boolean isAt(Path other) {
        return place(path).equals(place(other));
    }

    private static Path place(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path folder = absolute.getParent();
        try {
            return folder == null ? absolute : folder.toRealPath().resolve(absolute.getFileName());
        } catch (IOException e) {
            return absolute; // there is no such folder
        }
    }

    /// The process that it names; empty when there is no file, or something else in it.
    public OptionalLong named() {
        try {
            return named(path);
        } catch (IOException e) {
            return OptionalLong.empty(); // of what cannot be read nothing is known
        }
    }

    private static OptionalLong named(Path file) throws IOException {
        if (Files.size(file) > LONGEST) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(Files.readString(file, StandardCharsets.ISO_8859_1).strip()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /// Finds out early what [#write()] would say: that is called at the cutover, and the server would begin and end a
    /// drain before the error is seen.
    ///
    /// @throws IOException one line that says what to do
    public void check() throws IOException {
        Path folder = path.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw cannotWrite("no such folder", null);
        }
        if (Files.isDirectory(path)) {
            throw cannotWrite("it is a folder", null);
        }
        if (!Files.isWritable(folder)) {
            throw cannotWrite("no permission", null);
        }
    }

    private static void deleteAfter(IOException cause, Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /// Removes it if it still names this process.
    public void removeIfOurs() throws IOException {
        removeIfNaming(List.of(OwnProcess.pid()));
    }

    /// Removes what another process has written there, while this one serves.
    public void removeUnlessOurs() throws IOException {
        try {
            if (!Objects.equals(ours, key(path))) {
                Files.delete(path);
            }
        } catch (NoSuchFileException e) {
            // There is nothing that could name another.
            return;
        }
    }

    /// Removes it if it names one of these processes. Of one that is dead it says nothing true any more, and a signal
    /// to whoever gets its number next would go to a stranger.
    public void removeIfNaming(List<Long> pids) throws IOException {
        removeIfNaming(path, pids);
        Path place = written;
        if (place != null && !place.equals(path)) {
            removeIfNaming(place, pids);
        }
    }

    private static void removeIfNaming(Path file, List<Long> pids) throws IOException {
        try {
            OptionalLong named = named(file);
            if (named.isPresent() && pids.contains(named.getAsLong())) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Somebody else removed it: what we wanted.
            return;
        }
    }
}
