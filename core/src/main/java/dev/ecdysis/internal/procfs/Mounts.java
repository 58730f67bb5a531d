package dev.ecdysis.internal.procfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What `/proc/self/mountinfo` says, see
/// [proc_pid_mountinfo(5)](https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html).
public final class Mounts {
    private static final int POINT = 4;
    private static final int OPTIONS = 5;
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    private Mounts() {
    }

    /// The mount point that a file lies below, if nothing may be executed there.
    ///
    /// @param real without symbolic links
    public static Optional<String> withoutExecution(Path real) throws IOException {
        byte[] table = Files.readAllBytes(Path.of("/proc/self/mountinfo"));
        return withoutExecution(new String(table, StandardCharsets.ISO_8859_1).lines().toList(), real);
    }

    public static Optional<String> withoutExecution(List<String> table, Path real) {
        Path nearest = Path.of("/");
        boolean forbidden = false;
        for (String line : table) {
            String[] fields = line.split(" ", -1);
            if (fields.length <= OPTIONS) {
                continue;
            }
            String point = OCTAL.matcher(fields[POINT])
                    .replaceAll(code -> java.util.regex.Matcher.quoteReplacement(
                            String.valueOf((char) Integer.parseInt(code.group(1), 8))));
            Path path = FileNames.path(point.getBytes(StandardCharsets.ISO_8859_1));
            // Of two at one place the later one hides the other.
            if (real.startsWith(path) && path.getNameCount() >= nearest.getNameCount()) {
                nearest = path;
                forbidden = List.of(fields[OPTIONS].split(",", -1)).contains("noexec");
            }
        }
        return forbidden ? Optional.of(FileNames.shown(nearest)) : Optional.empty();
    }
}
