package dev.ecdysis.internal.process;

import dev.ecdysis.internal.posix.OwnProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// A file that names the process that serves: one decimal number and a line end, replaced by rename(2), so that a
/// reader never finds it absent or empty.
public final class PidFile {
    private final Path path;

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
            Files.writeString(temporary, pid + "\n");
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw new IOException("cannot write the PID file " + path + " (" + e.getClass().getSimpleName()
                    + "); its folder must exist and be writable by this user", e);
        }
    }

    /// Removes it if it still names this process.
    public void removeIfOurs() throws IOException {
        try {
            if (Files.size(path) <= 32
                    && Files.readString(path).strip().equals(Long.toString(OwnProcess.pid()))) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // Somebody else removed it: what we wanted.
            return;
        }
    }
}
