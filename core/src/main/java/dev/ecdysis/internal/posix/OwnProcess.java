package dev.ecdysis.internal.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// This process.
public final class OwnProcess {
    private static final Path PROC = Path.of("/proc/self");
    private static final String NAMES = "\nNSpid:";

    private static final long LISTED = listed();
    private static final long PID = read();

    private OwnProcess() {
    }

    /// Its number. `ProcessHandle.current()` says the same and costs each start 10 ms.
    public static long pid() {
        return PID;
    }

    /// Whether `/proc` was mounted for another pid namespace: what is called PID there is somebody else here, or nobody.
    public static boolean isNumberedElsewhere() {
        return LISTED != PID;
    }

    /// What `/proc` calls it; 0 when it is not there, as where only processes of a namespace inside this one are.
    private static long listed() {
        try {
            return Long.parseLong(Files.readSymbolicLink(PROC).toString());
        } catch (NoSuchFileException e) {
            if (!Files.exists(PROC.resolveSibling("stat"))) {
                throw new UncheckedIOException("/proc must be mounted", e);
            }
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException("/proc must be mounted", e);
        }
    }

    /// The last one of the line is what it is called in its own namespace; kernels before 4.1 have no such line.
    private static long read() {
        if (LISTED == 0) {
            return ProcessHandle.current().pid();
        }
        try {
            String status = new String(Files.readAllBytes(PROC.resolve("status")), StandardCharsets.ISO_8859_1);
            int start = status.indexOf(NAMES);
            if (start < 0) {
                return LISTED;
            }
            int end = status.indexOf('\n', start + 1);
            int last = status.lastIndexOf('\t', end);
            return Long.parseLong(status.substring(last + 1, end));
        } catch (IOException e) {
            return LISTED;
        }
    }
}
