package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.procfs.FileNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Finds the program that starts a successor, as a shell would: a name without a slash on the PATH, else relative to
/// the working directory. Anew each time, so that what was installed meanwhile takes effect. Names are bytes.
public final class ProgramPath {
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private ProgramPath() {
    }

    /// The program's file.
    ///
    /// @throws IOException one line that says what is missing
    public static Path resolve(LaunchDescription launch) throws IOException {
        Optional<Obstacle> obstacle = launch.flaw();
        Optional<Path> found = obstacle.isPresent() ? Optional.empty() : find(launch);
        if (found.isPresent()) {
            return found.get();
        }
        throw new IOException("cannot start the new version: " + obstacle.orElseGet(() -> notFound(launch)).line());
    }

    /// Why it cannot be executed now.
    ///
    /// @param launch without a [flaw][LaunchDescription#flaw()]
    static Optional<Obstacle> obstacle(LaunchDescription launch) {
        Optional<Path> found = find(launch);
        return found.isPresent() ? Executable.obstacle(found.get(), launch) : Optional.of(notFound(launch));
    }

    private static Obstacle notFound(LaunchDescription launch) {
        return new Obstacle("there is no " + FileNames.shown(launch.arguments().getFirst()) + " on the PATH "
                + FileNames.shown(searched(launch)), "install it, or name it by its path");
    }

    /// Where the program is, which need not be there when it is named by its path.
    static Optional<Path> find(LaunchDescription launch) {
        return launch.program().isPresent() ? Optional.of(FileNames.resolve(launch.directory(), launch.program().get()))
                : launch.arguments().isEmpty() ? Optional.empty() : find(launch, launch.arguments().getFirst());
    }

    /// @param program as it is typed
    static Optional<Path> find(LaunchDescription launch, byte[] program) {
        if (program.length == 0) {
            return Optional.empty();
        }
        return text(program).contains("/") ? Optional.of(FileNames.resolve(launch.directory(), program))
                : search(launch, program);
    }

    private static Optional<Path> search(LaunchDescription launch, byte[] program) {
        for (String folder : text(searched(launch)).split(":", -1)) {
            Path candidate = FileNames.resolve(launch.directory(),
                    (folder + (folder.isEmpty() ? "" : "/") + text(program)).getBytes(StandardCharsets.ISO_8859_1));
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static byte[] searched(LaunchDescription launch) {
        return launch.variableBytes("PATH").orElse(DEFAULT_PATH.getBytes(StandardCharsets.US_ASCII));
    }

    /// Each byte a character, and back: what is between the bytes that mean something stays as it is.
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
