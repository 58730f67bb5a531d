package dev.ecdysis.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// A temporary folder, and the processes that have it on their command line: those we started and all their
/// successors, most of which are no children of ours. Closing ends them all, and so does Ctrl-C.
final class Workplace implements AutoCloseable {
    private static final Duration END_AT_MOST = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(20);

    private static final Set<Workplace> OPEN = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Thread hook;
    private boolean ended;

    Workplace() throws IOException {
        folder = Files.createTempDirectory("ecdysis-bench-");
        hook = Thread.ofPlatform().unstarted(this::end);
        Runtime.getRuntime().addShutdownHook(hook);
        OPEN.add(this);
    }

    /// Whether a process belongs to one that is open.
    static boolean isAnyOnes(long pid) {
        return OPEN.stream().anyMatch(workplace -> workplace.isOurs(pid));
    }

    Path folder() {
        return folder;
    }

    boolean isOurs(long pid) {
        return Machine.commandLine(pid).contains(folder.toString());
    }

    @Override
    public void close() {
        end();
        OPEN.remove(this);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is running.
        }
    }

    private synchronized void end() {
        if (ended) {
            return;
        }
        ended = true;
        long deadline = System.nanoTime() + END_AT_MOST.toNanos();
        List<ProcessHandle> left = processes();
        left.forEach(ProcessHandle::destroy);
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
            left = processes();
        }
        processes().forEach(ProcessHandle::destroyForcibly);
        delete();
    }

    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses().filter(process -> isOurs(process.pid())).toList();
    }

    private void delete() {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // What is left in the temporary folder is no reason to fail.
        }
    }
}
