package dev.ecdysis.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The number of this process. `ProcessHandle.current()` knows it too, but prepares a thread pool first: 10
/// ms of processor time in each start.
final class ProcessId {
    private ProcessId() {
    }

    static long current() throws IOException {
        return Long.parseLong(Files.readSymbolicLink(Path.of("/proc/self")).toString());
    }
}
