package dev.ecdysis.internal.output;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.procfs.ProcFiles;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Standard output or error of a process that was started without (`>&-`). The next file or connection that is opened
/// gets the number, and what is printed goes there; and a successor would be given it as its own.
public final class ClosedStreams {
    private static final System.Logger LOG = Log.of(ClosedStreams.class);
    private static final Path NULL = Path.of("/dev/null");
    /// Open for good.
    private static final List<FileOutputStream> OCCUPIED = new ArrayList<>();

    private ClosedStreams() {
    }

    /// Has them lead nowhere. The lowest number that is free is the next that is given, so a few files will do.
    public static synchronized void occupy() {
        try {
            for (int more = StandardStream.ERROR.number(); more >= 0 && isOneClosed(); more--) {
                OCCUPIED.add(new FileOutputStream(NULL.toFile()));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "standard output or error stays closed", e);
        }
    }

    private static boolean isOneClosed() {
        for (StandardStream stream : StandardStream.values()) {
            if (ProcFiles.descriptor(stream.number()).isEmpty()) {
                return Files.exists(Path.of("/proc/self/fd")); // else nothing can be seen
            }
        }
        return false;
    }
}
