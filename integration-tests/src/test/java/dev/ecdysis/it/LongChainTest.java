package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Nothing leaks: no file descriptor, zombie, temporary file, environment variable or thread, however long
/// the chain. And the sockets are the first generation's.
@Tag("slow")
@Timeout(600)
class LongChainTest {
    private static final int UPGRADES = 50;

    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void endsWithWhatItBeganWith() throws Exception {
        Chain chain = servers
                .start(Launch.program("exclusive=yes", "listen=tcp:127.0.0.1:0,unix:@/http.sock"));
        Set<String> sockets = sockets(chain);
        Object path = Files.getAttribute(chain.run().resolve("http.sock"), "unix:ino");
        List<String> environment = environment(chain.first().pid());
        serve(chain);
        Holdings atFirst = Holdings.atRest(chain);
        // What each successor would keep, such as an end of its handover's connection, the first one has already.
        upgrade(chain, 1);
        assertThat(Holdings.atRest(chain)).as("after the first upgrade").isEqualTo(atFirst);
        upgrade(chain, UPGRADES);
        assertThat(Holdings.atRest(chain)).as("after the last").isEqualTo(atFirst);
        assertThat(chain.status().generation()).isEqualTo(UPGRADES);
        long last = chain.status().pid();
        assertThat(environment(last)).isEqualTo(environment);
        assertThat(sockets(chain)).isEqualTo(sockets);
        assertThat(Processes.descriptors(last)).containsAll(sockets);
        assertThat(Files.getAttribute(chain.run().resolve("http.sock"), "unix:ino")).isEqualTo(path);
        chain.assertEnds();
    }

    /// So that what a JVM makes when it serves for the first time is there.
    private static void serve(Chain chain) throws Exception {
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            traffic.awaitAnswers(100);
            traffic.assertNothingLost();
        }
        Await.until("no connection is left", () -> chain.status().connections() == 0);
    }

    /// Under traffic, of which nothing is left when this returns.
    private static void upgrade(Chain chain, int last) throws Exception {
        try (Traffic traffic = Traffic.to(chain.address())) {
            for (int generation = chain.status().generation() + 1; generation <= last; generation++) {
                chain.startUpgrade().await(UpgradeResult.Committed.class);
                traffic.awaitGeneration(generation);
                // No more may drain at once than are allowed to.
                Await.until("the last but one is gone", () -> chain.processes().size() <= 2);
            }
            chain.assertServesAlone();
            traffic.assertNothingLost();
        }
        Await.until("no connection is left", () -> chain.status().connections() == 0);
    }

    /// The sockets that listen, not the paths of two of them.
    private static Set<String> sockets(Chain chain) throws Exception {
        Set<String> tcp = Processes.listening(((InetSocketAddress) chain.address()).getPort());
        Set<String> unix = Processes.listening(chain.run().resolve("http.sock"));
        Set<String> control = Processes.listening(chain.control());
        assertThat(List.of(tcp, unix, control)).allSatisfy(inodes -> assertThat(inodes).hasSize(1));
        return Stream.of(tcp, unix, control).flatMap(Set::stream).collect(Collectors.toSet());
    }

    /// With the values. Only a successor has the variable of the handover, which names a descriptor of its own.
    private static List<String> environment(long pid) {
        return Processes.environment(pid).stream().filter(entry -> !entry.startsWith("ECDYSIS_HANDOVER=")).sorted()
                .toList();
    }

    /// What the serving process has, by kind: descriptors, threads, children and files, and how many processes there
    /// are.
    private record Holdings(SortedMap<String, Long> numbers) {
        private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
        private static final int SAME = 40;
        /// It ends when it has done what each generation does once.
        private static final String ONCE = "thread ecdysis-rehears";

        /// Taken when nothing has changed for a while: a JVM that has just started still opens and closes things.
        static Holdings atRest(Chain chain) throws Exception {
            AtomicReference<Holdings> latest = new AtomicReference<>(of(chain));
            AtomicInteger same = new AtomicInteger();
            Await.until("the JVM comes to rest", () -> {
                Thread.sleep(LOOK_AGAIN);
                Holdings now = of(chain);
                boolean rests = now.equals(latest.getAndSet(now)) && !now.numbers.containsKey(ONCE);
                same.updateAndGet(before -> rests ? before + 1 : 0);
                return same.get() == SAME;
            });
            return latest.get();
        }

        private static Holdings of(Chain chain) throws Exception {
            long pid = Long.parseLong(Files.readString(chain.pidFile()).strip());
            Stream<String> descriptors = Processes.descriptors(pid).stream().map(target -> "descriptor " + target);
            Stream<String> threads = Processes.threads(pid).stream().filter(name -> !comesAndGoes(name))
                    .map(name -> "thread " + name);
            Stream<String> children = Processes.childrenOf(pid).stream().map(child -> "child " + child);
            Stream<String> processes = chain.processes().stream().map(process -> "process " + process);
            try (Stream<Path> names = Files.list(chain.run())) {
                Stream<String> files = names.map(name -> "file " + name.getFileName());
                return new Holdings(Stream.of(descriptors, threads, children, processes, files)
                        .flatMap(kind -> kind).collect(Collectors.groupingBy(name -> name.replaceAll("\\d+", "N"),
                                TreeMap::new, Collectors.counting())));
            }
        }

        /// The JVM starts and ends these as it has work for them: it compiles with more threads while there is much to
        /// compile, and the carriers of virtual threads and the one that wakes them end when idle.
        private static boolean comesAndGoes(String thread) {
            return thread.startsWith("ForkJoinPool") || thread.startsWith("C1 CompilerThre")
                    || thread.startsWith("VirtualThread");
        }
    }
}
