package dev.ecdysis.it.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What an acceptor does wrong while a file `CALL-KIND-PID` is there: it throws, or hangs and does not care whether it is
/// interrupted.
final class Faults {
    private final Path folder;

    Faults(Path folder) {
        this.folder = folder;
    }

    void mayFail(String call) throws IOException {
        mayHang(call);
        if (isThere(call, "checked")) {
            throw new IOException(call + " fails on purpose");
        }
        if (isThere(call, "unchecked")) {
            throw new IllegalStateException(call + " fails on purpose");
        }
        if (isThere(call, "error")) {
            throw new NoClassDefFoundError(call + " fails on purpose");
        }
    }

    void mayHang(String call) {
        if (isThere(call, "hangs")) {
            Program.say(call + " hangs pid=" + ProcessHandle.current().pid());
        }
        while (isThere(call, "hangs")) {
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Program.say(call + " was interrupted pid=" + ProcessHandle.current().pid());
            }
        }
    }

    private boolean isThere(String call, String kind) {
        return Files.exists(folder.resolve(call + "-" + kind + "-" + ProcessHandle.current().pid()));
    }
}
