package dev.ecdysis.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Ends the processes that were started for one demo, successors included: most are no children of ours. Each
/// has the demo's own temporary folder on its command line, so none can be mistaken, not even when a process
/// id is used again.
final class Leftovers {
    private static final Duration POLL = Duration.ofMillis(20);

    private Leftovers() {
    }

    /// Asks them to end, and ends by force what is left when patience ends.
    static void end(Path folder, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        List<ProcessHandle> left = processes(folder);
        left.forEach(ProcessHandle::destroy);
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
            left = processes(folder);
        }
        processes(folder).forEach(ProcessHandle::destroyForcibly);
    }

    /// Removes a folder and what is in it; what cannot be removed stays.
    static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // A leftover in the temporary folder is no reason to fail the demo.
        }
    }

    static List<ProcessHandle> processes(Path folder) {
        return ProcessHandle.allProcesses()
                .filter(process -> isRunning(process.pid(), folder))
                .toList();
    }

    /// Whether it runs and is one of them. To the JDK a process lives until it is waited for, and nobody may wait for
    /// a successor whose predecessor is gone.
    static boolean isRunning(long pid, Path folder) {
        return commandLine(pid).contains(folder.toString());
    }

    /// `ProcessHandle.Info.commandLine()` cuts long ones off. A process that has ended has an empty one.
    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"),
                    StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
