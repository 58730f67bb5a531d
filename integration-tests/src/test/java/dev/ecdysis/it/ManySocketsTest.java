package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.status.ListenerStatus;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// As many listening sockets as a process may have files open, and not as many as a message has room for.
@Tag("slow")
class ManySocketsTest {
    private static final int GROUPS = 3;
    private static final int GROUP = 400;
    /// What a process needs for them, with a channel for each and all else that it has open.
    private static final int FILES = 4_000;

    @RegisterExtension
    final Servers servers = new Servers();

    private static Launch launch() {
        return Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--listen", "tcp:127.0.0.1:0", "--listen",
                "tcp:127.0.0.1:0", "--sockets", Integer.toString(GROUP), "--probation", "200ms");
    }

    /// The JVM raises its own limit to the hard one.
    private static void assumeFiles() throws Exception {
        String hard = Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files")).findFirst().orElseThrow().split(" {2,}", -1)[2];
        assumeTrue(hard.equals("unlimited") || Long.parseLong(hard) >= FILES,
                "SKIPPED: the hard limit of open files is "
                        + hard + ", and " + FILES + " are needed; raise it (ulimit -Hn) to run this test");
    }

    @Test
    void areAllHandedOver() throws Exception {
        assumeFiles();
        Chain chain = servers.start(launch());
        List<SocketAddress> addresses = chain.addresses();
        Set<String> sockets = listening(addresses);
        assertThat(sockets).hasSize(GROUPS * GROUP);
        try (Traffic traffic = Traffic.to(addresses.toArray(SocketAddress[]::new))) {
            traffic.awaitGeneration(0);
            for (int generation = 1; generation <= 2; generation++) {
                long pid = chain.assertUpgrades().pid();
                traffic.awaitGeneration(generation);
                assertThat(Processes.descriptors(pid)).containsAll(sockets);
                assertThat(chain.status().listeners()).extracting(ListenerStatus::inherited).containsOnly(true);
            }
            traffic.assertNothingLost();
        }
        assertThat(listening(addresses)).as("inodes").isEqualTo(sockets);
        chain.assertEnds();
    }

    @Test
    void aSuccessorThatMayNotHaveThatManyFilesSaysSoAndTheServerServesOn() throws Exception {
        assumeFiles();
        Chain chain = servers.start(launch());
        String limited = "ulimit -n 1000; exec \"$@\"";
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", limited, "sh"));
        command.addAll(chain.words(launch()));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            UpgradeResult.Failed failed = chain.startUpgrade(command).await(UpgradeResult.Failed.class);
            assertThat(String.join("\n", failed.lastWords())).contains("MSG_CTRUNC",
                    "too many files are open here; raise the limit (ulimit -n, LimitNOFILE=)");
            chain.assertServesAlone(chain.first().pid());
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        chain.assertUpgradesAndEnds();
    }

    private static Set<String> listening(List<SocketAddress> addresses) throws Exception {
        Set<String> inodes = new TreeSet<>();
        for (SocketAddress address : addresses) {
            inodes.addAll(Processes.listening(((InetSocketAddress) address).getPort()));
        }
        return inodes;
    }
}
