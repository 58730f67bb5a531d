package dev.ecdysis.internal.procfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Of what `/proc/PID/stat` says: the parent, the process group, the session, whether that has a terminal, and when the
/// process was started, in clock ticks since boot. Pid and start together name one process for ever.
public record ProcessStat(long parent, long group, long session, boolean hasTerminal, long started) {
    private static final int PARENT = 1;
    private static final int GROUP = 2;
    private static final int SESSION = 3;
    private static final int TERMINAL = 4;
    private static final int STARTED = 19;

    /// What it is by now.
    ///
    /// @param proc usually `/proc`
    public static ProcessStat read(Path proc, long pid) throws IOException {
        Path file = proc.resolve(pid + "/stat");
        // The name is in parentheses, and may have any byte in it.
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        String[] fields = text.substring(text.lastIndexOf(')') + 1).strip().split(" ", -1);
        try {
            return new ProcessStat(Long.parseLong(fields[PARENT]), Long.parseLong(fields[GROUP]),
                    Long.parseLong(fields[SESSION]), !fields[TERMINAL].equals("0"), Long.parseLong(fields[STARTED]));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IOException(file + " is not as proc(5) says", e);
        }
    }
}
