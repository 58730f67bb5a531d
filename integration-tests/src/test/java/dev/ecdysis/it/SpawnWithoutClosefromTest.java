package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Where libc cannot tell a child to close what it was not given, upgrades work all the same, and no connection goes
/// to a process that knows nothing of it.
class SpawnWithoutClosefromTest {
    private static final int KEPT = 20;
    private static final int CLOSE_ON_EXEC = 0x80000;

    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void noConnectionCrossesExec() throws Exception {
        Chain chain = servers.start(Launch.program(Launch.JAVA,
                List.of("-Ddev.ecdysis.spawn=close-range", "-cp", Launch.classPath())));
        int port = ((InetSocketAddress) chain.address()).getPort();
        List<Client> kept = new ArrayList<>();
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            for (int generation = 1; generation <= 2; generation++) {
                for (int i = 0; i < KEPT; i++) {
                    Client client = Client.connect(chain.address());
                    kept.add(client);
                    client.ask("/", "");
                    assertThat(Client.generation(client.read())).isEqualTo(generation - 1);
                }
                long predecessor = chain.status().pid();
                Set<String> accepted = connections(predecessor, port);
                assertThat(accepted).hasSizeGreaterThanOrEqualTo(KEPT);

                long successor = chain.startUpgrade().await(UpgradeResult.Committed.class).pid();
                traffic.awaitGeneration(generation);

                // The kept ones keep it alive.
                Set<String> left = connections(predecessor, port);
                assertThat(left).hasSizeGreaterThanOrEqualTo(KEPT);
                accepted.addAll(left);
                assertThat(Processes.descriptors(successor)).doesNotContainAnyElementsOf(accepted);
                // The property has done what it says: the JDK leaves them inheritable.
                assertThat(closedOnExec(predecessor)).containsAnyElementsOf(left);
            }
            traffic.assertNothingLost();
        }
        for (Client client : kept) {
            client.close();
        }
        chain.assertServesAlone();
        chain.assertEnds();
    }

    /// The connections to a port that a process has.
    private static Set<String> connections(long pid, int port) throws IOException {
        Set<String> connections = new TreeSet<>();
        String suffix = String.format(":%04X", port);
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields[1].endsWith(suffix) && fields[3].equals("01")) {
                    connections.add("socket:[" + fields[9] + "]");
                }
            }
        }
        connections.retainAll(Processes.descriptors(pid));
        return connections;
    }

    /// What would not cross exec.
    private static Set<String> closedOnExec(long pid) throws IOException {
        Set<String> targets = new TreeSet<>();
        Path process = Path.of("/proc", Long.toString(pid));
        try (Stream<Path> links = Files.list(process.resolve("fd"))) {
            for (Path link : links.toList()) {
                try {
                    String info = Files.readString(process.resolve("fdinfo").resolve(link.getFileName()));
                    int flags = Integer.parseInt(info.replaceAll("(?s).*flags:\\s+([0-7]+).*", "$1"), 8);
                    if ((flags & CLOSE_ON_EXEC) != 0) {
                        targets.add(Files.readSymbolicLink(link).toString());
                    }
                } catch (NoSuchFileException e) {
                    // Closed since it was listed.
                }
            }
        }
        return targets;
    }
}
