package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What the http example promises beside not losing anything.
@Tag("slow")
class HttpExampleTest {
    private static final String CHUNK = "generation 0\n";

    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void upgradesOnAHangupAndPrintsALineForEachPhase() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "200ms"));
        Processes.signal(chain.first().pid(), Processes.HUP);
        chain.output().await(0, "^upgrade generation=1 result=committed pid=\\d+ cutover=\\S+ pause=\\S+$");
        chain.output().await(0, "^exiting reason=upgraded cut-off=0 successor=" + chain.status().pid() + "$");
        chain.assertServesAlone();
        assertThat(chain.status().generation()).isEqualTo(1);
        assertThat(phases(chain)).containsExactlyInAnyOrder(
                "upgrade generation=1 phase=PREFLIGHT role=predecessor",
                "upgrade generation=1 phase=SPAWNING role=predecessor",
                "upgrade generation=1 phase=INITIALISING role=predecessor",
                "upgrade generation=1 phase=CUTOVER role=predecessor",
                "upgrade generation=1 phase=PROBATION role=predecessor",
                "upgrade generation=1 phase=PROBATION role=successor",
                "upgrade generation=0 phase=DRAINING role=predecessor");
        chain.assertEnds();
    }

    @Test
    void aStopIsNoPhaseOfAnUpgrade() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0"));
        Processes.signal(chain.first().pid(), Processes.TERM);
        Processes.awaitExit(chain.first().pid());
        assertThat(chain.output().lines()).contains("draining generation=0 connections=0",
                "exiting reason=stopped cut-off=0");
        assertThat(phases(chain)).isEmpty();
        chain.assertNothingLeft();
    }

    @Test
    void aSuccessorThatWasNotKeptCallsItselfNothingElse() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--fault-file", "@/fault"));
        Path fault = Files.writeString(chain.run().resolve("fault"),
                "refuse-after-cutover:no");
        chain.startUpgrade().await(UpgradeResult.RolledBack.class);
        chain.output().await(0, "^exiting reason=rolled-back ");
        chain.assertServesAlone(chain.first().pid());
        assertThat(phases(chain)).noneMatch(line -> line.contains("DRAINING"))
                .contains("upgrade generation=1 phase=PROBATION role=successor");
        Files.delete(fault);
        chain.assertEnds();
    }

    /// Up to the role: what follows differs.
    private static List<String> phases(Chain chain) throws Exception {
        return chain.output().lines().stream().filter(line -> line.startsWith("upgrade ") && line.contains(" phase="))
                .map(line -> line.replaceAll("(role=\\w+).*", "$1")).toList();
    }

    @Test
    void startsAsSlowlyAsItIsTold() throws Exception {
        Duration delay = Duration.ofMillis(1500);
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "0s",
                "--init-delay", delay.toMillis() + "ms"));
        assertThat(chain.assertUpgrades().toCutover()).isGreaterThanOrEqualTo(delay);
        chain.assertEnds();
    }

    @Test
    void streamsAChunkASecond() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0"));
        try (Client client = Client.connect(chain.address())) {
            long asked = System.nanoTime();
            client.ask("/stream?ms=1500", "Connection: close\r\n");
            StringBuilder first = new StringBuilder();
            while (first.indexOf(CHUNK) < 0) {
                String part = client.read();
                assertThat(part).as("more after: %s", first).isNotEmpty();
                first.append(part);
            }
            assertThat(first).startsWith("HTTP/1.1 200 ").contains("Transfer-Encoding: chunked");

            String second = client.read();

            // Counted from when the server cannot have sent anything, so that a slow reader is no reason to fail.
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThan(Duration.ofMillis(500));
            assertThat(second).isEqualTo("d\r\n" + CHUNK + "\r\n");
            assertThat(client.readToEnd()).isEqualTo("0\r\n\r\n");
        }
        chain.assertEnds();
    }

    @Test
    void servesHttpOverAUnixSocketThroughAnUpgrade() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "unix:@/http.sock", "--probation", "200ms"));
        SocketAddress address = chain.address();
        try (Traffic traffic = Traffic.to(address); Client kept = Client.keptBy(0, address)) {
            traffic.awaitGeneration(0);
            chain.startUpgrade().await(UpgradeResult.Committed.class);
            traffic.awaitGeneration(1);
            assertThat(Client.get(address, "/")).isEqualTo("generation 1\n");
            chain.output().await(0, "^draining generation=0 ");
            kept.ask("/", "");
            assertThat(kept.readToEnd()).contains("X-Generation: 0\r\n", "Connection: close\r\n");
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        chain.assertServesAlone();
        chain.assertEnds();
    }
}
