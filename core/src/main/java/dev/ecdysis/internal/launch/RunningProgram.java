package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.procfs.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Which program this process runs, judged as generation 0 starts: later its file may have been replaced.
///
/// The first word of a command line is whatever the one who started the process has put there. Where it leads to the
/// program that runs, it is resolved anew by each upgrade; where not, another program must never be started in its name.
final class RunningProgram {
    private static final String DELETED = " (deleted)";

    private final Path link;
    private final byte[] actual;
    private final boolean replaced;

    private RunningProgram(Path link, byte[] actual, boolean replaced) {
        this.link = link;
        this.actual = actual;
        this.replaced = replaced;
    }

    /// What `/proc/self/exe` says; empty when that cannot be read.
    static Optional<RunningProgram> of(Path link) {
        try {
            byte[] actual = FileNames.bytes(Files.readSymbolicLink(link));
            boolean replaced = FileNames.shown(actual).endsWith(DELETED) && !Files.exists(FileNames.path(actual));
            return Optional.of(new RunningProgram(link,
                    replaced ? java.util.Arrays.copyOf(actual, actual.length - DELETED.length()) : actual, replaced));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Whether that is it.
    ///
    /// @param executed the name that was given to execve(2), if it is known
    boolean is(Path program, Optional<Path> executed) {
        if (replaced && executed.isPresent() && executed.get().equals(program)) {
            return true;
        }
        return isSameFile(program) || isNamedSo(program);
    }

    private boolean isSameFile(Path program) {
        try {
            return Files.isSameFile(program, link);
        } catch (IOException e) {
            return false;
        }
    }

    /// A program that was replaced is another file of that name. So it is under an emulator, which has a program of its own
    /// run, and tells the name of the one that it emulates.
    private boolean isNamedSo(Path program) {
        try {
            return program.toRealPath().equals(FileNames.path(actual));
        } catch (IOException e) {
            return false;
        }
    }

    /// A name that leads to it, if possible with the symlinks that were given to execve(2).
    Optional<byte[]> name(Optional<Path> executed) {
        if (executed.isPresent() && is(executed.get(), Optional.empty())) {
            return Optional.of(FileNames.bytes(executed.get()));
        }
        return replaced || is(FileNames.path(actual), Optional.empty()) ? Optional.of(actual) : Optional.empty();
    }

    String shown() {
        return FileNames.shown(actual);
    }
}
