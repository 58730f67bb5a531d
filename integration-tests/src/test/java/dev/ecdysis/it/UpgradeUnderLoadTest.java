package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.status.ListenerStatus;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// No connection is refused or dropped by an upgrade: at every instant some process owns each listening
/// socket.
@Tag("slow")
class UpgradeUnderLoadTest {
    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void everyKindOfListenerAndOfTrigger() throws Exception {
        Chain chain = servers.start(Launch.program("probation=200",
                "listen=tcp:127.0.0.1:0,tcp:[::1]:0,unix:@/http.sock"));
        List<SocketAddress> addresses = chain.addresses();
        Set<String> sockets = listening(chain, addresses);
        Object path = Files.getAttribute(chain.run().resolve("http.sock"), "unix:ino");
        assertThat(sockets).hasSize(3);
        try (Traffic traffic = Traffic.to(addresses.toArray(SocketAddress[]::new));
                PidFileWatch pidFile = new PidFileWatch(chain.pidFile())) {
            traffic.awaitGeneration(0);
            long byCommand = chain.startUpgrade().await(UpgradeResult.Committed.class).pid();
            traffic.awaitGeneration(1);
            long bySignal = upgradeBySignal(chain, byCommand);
            traffic.awaitGeneration(2);
            long byCall = upgradeByCall(chain, addresses.getFirst());
            traffic.awaitGeneration(3);
            chain.assertServesAlone(byCall);
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
            pidFile.assertNeverWrong();
            assertThat(pidFile.seen()).containsExactlyInAnyOrder(chain.first().pid(), byCommand, bySignal,
                    byCall);
            assertThat(chain.status().generation()).isEqualTo(3);
            assertThat(chain.first().waitFor()).as("exit status of generation 0").isZero();
            assertThat(Processes.descriptors(byCall)).containsAll(sockets);
        }
        assertThat(listening(chain, addresses)).as("inodes").isEqualTo(sockets);
        assertThat(Files.getAttribute(chain.run().resolve("http.sock"), "unix:ino")).isEqualTo(path);
        assertThat(chain.status().listeners()).extracting(ListenerStatus::inherited).containsOnly(true);
        chain.assertUpgradesAndEnds();
    }

    @Test
    void reusePortGroupWithThePortThatTheKernelChose() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--sockets", "3",
                "--probation", "200ms"));
        Set<String> sockets = listening(chain, chain.addresses());
        assertThat(sockets).hasSize(3);
        try (Traffic traffic = Traffic.to(chain.address());
                PidFileWatch pidFile = new PidFileWatch(chain.pidFile())) {
            traffic.awaitGeneration(0);
            chain.startUpgrade().await(UpgradeResult.Committed.class);
            traffic.awaitGeneration(1);
            chain.assertUpgrades();
            traffic.awaitGeneration(2);
            traffic.assertNothingLost();
            pidFile.assertNeverWrong();
        }
        assertThat(listening(chain, chain.addresses())).as("inodes").isEqualTo(sockets);
        assertThat(chain.status().listeners().getFirst().sockets()).isEqualTo(3);
        assertThat(chain.status().listeners().getFirst().address())
                .endsWith(":" + ((InetSocketAddress) chain.address()).getPort());
        chain.assertUpgradesAndEnds();
    }

    private static long upgradeBySignal(Chain chain, long pid) throws Exception {
        int mark = chain.output().mark();
        Processes.signal(pid, Processes.HUP);
        String committed = "^result Committed\\[generation=2, pid=(\\d+)";
        return Long.parseLong(chain.output().await(mark, committed).group(1));
    }

    private static long upgradeByCall(Chain chain, SocketAddress address) throws Exception {
        int mark = chain.output().mark();
        assertThat(Client.get(address, "/upgrade")).isEqualTo("asked");
        return Long
                .parseLong(chain.output().await(mark, "^api Committed\\[generation=3, pid=(\\d+)").group(1));
    }

    private static Set<String> listening(Chain chain, List<SocketAddress> addresses) throws Exception {
        Set<String> inodes = new TreeSet<>(Processes.listening(chain.run().resolve("http.sock")));
        for (SocketAddress address : addresses) {
            if (address instanceof InetSocketAddress inet) {
                inodes.addAll(Processes.listening(inet.getPort()));
            }
        }
        return inodes;
    }
}
