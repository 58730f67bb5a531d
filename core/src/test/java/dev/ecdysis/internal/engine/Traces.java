package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/// What a process holds, by kind, so that a leak shows: descriptors, the library's threads, and children.
public record Traces(SortedMap<String, Integer> descriptors, SortedMap<String, Integer> threads, long children) {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
    private static final int LOOKS = 20;
    private static final Duration LIMIT = Duration.ofSeconds(40);

    public static Traces ofThisProcess() {
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
                // closed since it was listed
            }
        }
        return kinds;
    }

    private static SortedMap<String, Integer> ownThreads() {
        SortedMap<String, Integer> names = new TreeMap<>();
        Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("ecdysis") && !name.equals("ecdysis-log"))
                .forEach(name -> names.merge(name, 1, Integer::sum));
        return names;
    }

    /// What ends after an upgrade's outcome is known, such as a relay of standard error, has time to. Returns what there
    /// is then: less, if something was still ending when this was taken.
    public Traces awaitNoMore(String after) {
        AtomicReference<Traces> found = new AtomicReference<>(this);
        Awaitility.await().atMost(LIMIT).pollDelay(Duration.ZERO).pollInterval(BETWEEN_LOOKS)
                .untilAsserted(() -> {
                    found.set(ofThisProcess());
                    assertThat(found.get()).as(after).matches(this::holds, "no more than " + this);
                });
        return found.get();
    }

    /// The least that a process that nobody talks to was seen to hold: what it was last asked may still be closing.
    static SortedMap<String, Integer> leastDescriptors(long pid) {
        SortedMap<String, Integer> least = descriptors(Long.toString(pid));
        for (int i = 0; i < LOOKS; i++) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            SortedMap<String, Integer> found = descriptors(Long.toString(pid));
            least = holds(least, found) ? found : least;
        }
        return least;
    }

    /// The same for another process, which has only descriptors that can be seen.
    public static void awaitNoMore(SortedMap<String, Integer> descriptors, long pid, String after) {
        Awaitility.await().atMost(LIMIT).pollDelay(Duration.ZERO).pollInterval(BETWEEN_LOOKS)
                .untilAsserted(() -> {
                    SortedMap<String, Integer> found = descriptors(Long.toString(pid));
                    assertThat(holds(descriptors, found)).as(found + ", no more than " + descriptors + ": " + after)
                            .isTrue();
                });
    }

    private boolean holds(Traces other) {
        return other.children <= children && holds(descriptors, other.descriptors) && holds(threads, other.threads);
    }

    private static boolean holds(SortedMap<String, Integer> all, SortedMap<String, Integer> part) {
        return part.entrySet().stream().allMatch(kind -> kind.getValue() <= all.getOrDefault(kind.getKey(), 0));
    }
}
