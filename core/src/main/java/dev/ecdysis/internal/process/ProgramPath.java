package dev.ecdysis.internal.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Finds the program that starts a successor, as a shell would: a name without a slash on the PATH, else relative to
/// the working directory. Anew each time, so that what was installed meanwhile takes effect.
final class ProgramPath {
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private ProgramPath() {
    }

    /// @throws IOException one line that says what is missing
    static Path resolve(LaunchDescription launch) throws IOException {
        if (launch.words().isEmpty() || launch.words().getFirst().isEmpty()) {
            throw new IOException("the launch description names no program; set Builder.command");
        }
        String program = launch.words().getFirst();
        if (program.contains("/")) {
            Path path = launch.directoryPath().resolve(program);
            check(path);
            return path;
        }
        String searched = launch.variable("PATH").orElse(DEFAULT_PATH);
        return search(launch, program, searched).orElseThrow(
                () -> new IOException(
                        "cannot start the new version: there is no " + program + " on the PATH " + searched
                                + "; install it, or name it by its path"));
    }

    private static void check(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new IOException("cannot start the new version: " + path + " does not exist; install it, or name"
                    + " another program");
        }
        if (!Files.isRegularFile(path) || !Files.isExecutable(path)) {
            throw new IOException("cannot start the new version: " + path + " is not an executable file; chmod +x it,"
                    + " or name another program");
        }
    }

    private static Optional<Path> search(LaunchDescription launch, String program, String path) {
        for (String folder : path.split(":", -1)) {
            Path candidate = launch.directoryPath().resolve(folder).resolve(program);
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
