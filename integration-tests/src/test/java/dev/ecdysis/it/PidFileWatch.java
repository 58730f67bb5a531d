package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;

/// Reads a PID file over and over, as a monitoring system would only more often: it must be there, whole, and
/// name a process that lives, at every instant.
final class PidFileWatch implements AutoCloseable {
    private final Path file;
    private final Thread thread;
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final Set<Long> seen = new ConcurrentSkipListSet<>();
    private final Set<Long> killed = new ConcurrentSkipListSet<>();
    private volatile boolean stopped;

    PidFileWatch(Path file) {
        this.file = file;
        this.thread = Thread.ofPlatform().daemon().name("pid-file-watch").start(this::run);
    }

    private void run() {
        while (!stopped && problems.size() < 10) {
            try {
                look();
                Thread.sleep(1);
            } catch (IOException e) {
                problems.add(e.toString());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void look() throws IOException {
        String text = Files.readString(file);
        if (!text.matches("[1-9][0-9]*\n")) {
            problems.add("'" + text + "'");
            return;
        }
        long pid = Long.parseLong(text.strip());
        seen.add(pid);
        // One that has ended between the two looks is no longer named.
        if (!killed.contains(pid) && !Processes.isAlive(pid) && Files.readString(file).equals(text)) {
            problems.add("process " + pid + " is dead");
        }
    }

    /// Nobody can name another process in the instant in which this one is killed.
    void allowDeathOf(long pid) {
        killed.add(pid);
    }

    /// Which processes it has named.
    Set<Long> seen() {
        return Set.copyOf(seen);
    }

    /// Stops, and fails the test if the file was ever not as it should be.
    void assertNeverWrong() throws InterruptedException {
        stopped = true;
        thread.join();
        assertThat(problems).as("the PID file").isEmpty();
    }

    @Override
    public void close() {
        stopped = true;
    }
}
