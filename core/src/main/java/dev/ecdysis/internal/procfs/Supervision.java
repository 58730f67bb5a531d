package dev.ecdysis.internal.procfs;

import dev.ecdysis.internal.posix.OwnProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Whether somebody follows this server from one generation to the next: a supervisor that stays when the process that
/// it started has ended, and that signals whoever serves. Then that end takes nobody along.
///
/// A supervisor says so in the environment of what it starts, `ECDYSIS_SUPERVISOR=v1:PID:STARTED`, with the 22nd field
/// of its `/proc/PID/stat`. It is believed when that very process is among our ancestors: a variable that was copied
/// elsewhere, or outlived its author, silences nothing.
public final class Supervision {
    public static final String NAME = "ECDYSIS_SUPERVISOR";

    private static final String PREFIX = NAME + "=";
    private static final Path PROC = Path.of("/proc");
    /// More than anybody nests processes: a bound for a walk through a tree that changes meanwhile.
    private static final int MOST_ANCESTORS = 100;

    private Supervision() {
    }

    /// Who follows this process, such as `ecdysis run, process 1`; empty when nobody is known to.
    public static Optional<String> ofThisProcess() {
        try {
            return of(PROC, OwnProcess.pid(), ProcFiles.zeroTerminated(PROC.resolve("self/environ")));
        } catch (IOException e) { // not readable: then nobody is known
            return Optional.empty();
        }
    }

    /// With another `/proc`.
    static Optional<String> of(Path proc, long self, List<byte[]> environment) {
        Optional<byte[]> value = ProcFiles.variable(environment, NAME);
        return value.isPresent() ? supervisor(proc, self, new String(value.get(), StandardCharsets.ISO_8859_1))
                : Optional.empty();
    }

    private static Optional<String> supervisor(Path proc, long self, String value) {
        String[] parts = value.split(":", -1);
        if (parts.length != 3 || !parts[0].equals("v1")) {
            return Optional.empty();
        }
        try {
            long pid = Long.parseLong(parts[1]);
            boolean lives = ProcessStat.read(proc, pid).started() == Long.parseLong(parts[2]);
            return lives && isAncestor(proc, pid, self) ? Optional.of("ecdysis run, process " + pid)
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// Whether one process descends from another, itself excluded. One whose parent has ended meanwhile does not.
    public static boolean isAncestor(long ancestor, long of) {
        return isAncestor(PROC, ancestor, of);
    }

    private static boolean isAncestor(Path proc, long ancestor, long of) {
        try {
            long parent = of;
            for (int i = 0; i < MOST_ANCESTORS && parent > 1; i++) {
                parent = ProcessStat.read(proc, parent).parent();
                if (parent == ancestor) {
                    return true;
                }
            }
        } catch (IOException e) { // ended while we looked
            return false;
        }
        return false;
    }

    /// The entry by which a supervisor says in the environment of its child that it follows.
    ///
    /// @throws IOException when `/proc` does not say when this process was started
    public static String entry() throws IOException {
        long self = OwnProcess.pid();
        return PREFIX + "v1:" + self + ":" + ProcessStat.read(PROC, self).started();
    }

    /// Whether a process is in this one's process group, and so gets what its terminal sends by itself.
    public static boolean sharesGroup(long pid) {
        try {
            return ProcessStat.read(PROC, pid).group() == ProcessStat.read(PROC, OwnProcess.pid()).group();
        } catch (IOException e) { // ended: then it gets nothing at all
            return true;
        }
    }
}
