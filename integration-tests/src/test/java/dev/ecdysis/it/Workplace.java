package dev.ecdysis.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// A folder, and the processes that were started for it with all that those started.
///
/// A variable in the environment, which each process hands on, marks them: what has it belongs to this workplace
/// and to nothing else on the machine.
final class Workplace implements AutoCloseable {
    private static final String MARK = "ECDYSIS_INTEGRATION_TEST";
    /// For the end of this JVM in the middle of a test, as when the build is interrupted.
    private static final Set<Workplace> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> OPEN.forEach(Workplace::closeQuietly), "close-workplaces"));
    }

    private final String mark = UUID.randomUUID().toString();
    private final Path folder;

    private Workplace(Path folder) {
        this.folder = folder;
    }

    static Workplace create() throws IOException {
        Workplace workplace = new Workplace(Files.createTempDirectory("ecdysis-it-"));
        OPEN.add(workplace);
        return workplace;
    }

    Path folder() {
        return folder;
    }

    /// Has what is started with this environment belong here.
    void mark(Map<String, String> environment) {
        environment.put(MARK, mark);
    }

    /// Its processes that live.
    List<Long> processes() throws IOException {
        return Processes.withVariable(MARK + "=" + mark);
    }

    /// Ends what is left by force.
    ///
    /// @return which processes that were
    List<Long> end() throws IOException {
        List<Long> ended = new ArrayList<>();
        // One of them may be starting another.
        for (List<Long> left = processes(); !left.isEmpty(); left = processes()) {
            for (long pid : left) {
                Processes.signal(pid, Processes.KILL);
                Processes.awaitExit(pid);
                ended.add(pid);
            }
        }
        return ended;
    }

    /// Leaves neither processes nor files.
    @Override
    public void close() throws IOException {
        end();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
        OPEN.remove(this);
    }

    private void closeQuietly() {
        try {
            close();
        } catch (IOException e) {
            System.err.println("could not end what a test had started: " + e);
        }
    }
}
