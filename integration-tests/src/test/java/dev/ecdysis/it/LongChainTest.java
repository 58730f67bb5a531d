package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Nothing leaks: no file descriptor, zombie, temporary file, environment variable or thread, however long
/// the chain.
@Tag("slow")
@Timeout(600)
class LongChainTest {
    private static final int UPGRADES = 50;

    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void endsWithWhatItHadAfterItsFirstUpgrade() throws Exception {
        Chain chain = servers
                .start(Launch.program("exclusive=yes", "listen=tcp:127.0.0.1:0,unix:@/http.sock"));
        int port = ((InetSocketAddress) chain.address()).getPort();
        Set<String> sockets = Processes.listening(port);
        Object path = Files.getAttribute(chain.run().resolve("http.sock"), "unix:ino");
        Holdings after1;
        try (Traffic traffic = Traffic.to(chain.address())) {
            chain.assertUpgrades();
            traffic.awaitGeneration(1);
            after1 = Holdings.of(chain);
            for (int generation = 2; generation <= UPGRADES; generation++) {
                chain.startUpgrade().await(UpgradeResult.Committed.class);
                traffic.awaitGeneration(generation);
                // No more may drain at once than are allowed to.
                Await.until("the last but one is gone", () -> chain.processes().size() <= 2);
            }
            chain.assertServesAlone();
            traffic.assertNothingLost();
        }
        Await.until("no connection is left", () -> chain.status().connections() == 0);
        assertNoMoreThan(after1, chain);
        assertThat(chain.status().generation()).isEqualTo(UPGRADES);
        assertThat(Processes.listening(port)).as("inodes").isEqualTo(sockets);
        assertThat(Files.getAttribute(chain.run().resolve("http.sock"), "unix:ino")).isEqualTo(path);
        chain.assertEnds();
    }

    /// A JVM that has just come to rest may hold less.
    private static void assertNoMoreThan(Holdings before, Chain chain) throws Exception {
        Await.until("all that was opened is closed: " + before.moreIn(Holdings.of(chain)),
                () -> before.moreIn(Holdings.of(chain)).isEmpty());
        assertThat(Holdings.of(chain).variables()).isEqualTo(before.variables());
    }

    /// What the serving process has.
    ///
    /// @param numbers of descriptors, threads and files, by kind
    /// @param variables the names in its environment
    private record Holdings(Map<String, Long> numbers, List<String> variables) {
        static Holdings of(Chain chain) throws Exception {
            long pid = Long.parseLong(Files.readString(chain.pidFile()).strip());
            Stream<String> descriptors = Processes.descriptors(pid).stream()
                    .map(target -> "descriptor " + target);
            Stream<String> threads = Processes.threads(pid).stream().filter(name -> !comesAndGoes(name))
                    .map(name -> "thread " + name);
            try (Stream<Path> names = Files.list(chain.run())) {
                Stream<String> files = names.map(name -> "file " + name.getFileName());
                Map<String, Long> numbers = Stream.of(descriptors, threads, files).flatMap(kind -> kind)
                        .collect(Collectors.groupingBy(name -> name.replaceAll("\\d+", "N"),
                                Collectors.counting()));
                return new Holdings(numbers, Processes.environment(pid).stream()
                        .map(entry -> entry.replaceAll("=.*", "")).sorted().toList());
            }
        }

        /// The JVM has as many of these as it finds useful at the moment.
        private static boolean comesAndGoes(String thread) {
            return thread.startsWith("ForkJoinPool") || thread.startsWith("C1 CompilerThre")
                    || thread.startsWith("VirtualThread") || thread.startsWith("http-");
        }

        /// Of which kinds the other has more, and how many.
        Map<String, Long> moreIn(Holdings other) {
            return other.numbers.entrySet().stream()
                    .filter(kind -> kind.getValue() > numbers.getOrDefault(kind.getKey(), 0L))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        }
    }
}
