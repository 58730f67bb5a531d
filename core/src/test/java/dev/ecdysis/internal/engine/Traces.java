package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import org.awaitility.Awaitility;

/// What a process holds, by kind, so that a leak shows: descriptors, the library's threads, and children.
record Traces(SortedMap<String, Integer> descriptors, SortedMap<String, Integer> threads, long children) {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    static Traces ofThisProcess() {
        return new Traces(descriptors("self"), ownThreads(), ProcessHandle.current().children().count());
    }

    /// Sockets, pipes, pidfds and eventfds: files come and go as classes are loaded, and the JDK's selectors and
    /// pollers are made at first use.
    static SortedMap<String, Integer> descriptors(String pid) {
        SortedMap<String, Integer> kinds = new TreeMap<>();
        Path folder = Path.of("/proc", pid, "fd");
        String[] numbers = folder.toFile().list();
        for (String number : numbers == null ? new String[0] : numbers) {
            try {
                String target = Files.readSymbolicLink(folder.resolve(number)).toString();
                String kind = target.replaceAll(":?\\[?[0-9]+\\]?$", "");
                if (!kind.startsWith("/")) {
                    kinds.merge(kind, 1, Integer::sum);
                }
            } catch (IOException e) {
                continue; // closed since it was listed
            }
        }
        return kinds;
    }

    private static SortedMap<String, Integer> ownThreads() {
        SortedMap<String, Integer> names = new TreeMap<>();
        Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> name.startsWith("ecdysis"))
                .forEach(name -> names.merge(name, 1, Integer::sum));
        return names;
    }

    /// What ends after an upgrade's outcome is known, such as a relay of standard error, has time to.
    void awaitSame(String after) {
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(ofThisProcess()).as(after).isEqualTo(this));
    }
}
