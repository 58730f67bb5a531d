package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A server that accepts by itself, from the channel of a listener, loses nothing in an upgrade either, whether that
/// is committed or rolled back.
@Tag("slow")
class OwnAcceptorTest {
    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void acceptsFromTheSameChannelAfterARollback() throws Exception {
        Chain chain = servers.start(Launch.program("own-acceptor=yes", "listen=tcp:127.0.0.1:0,unix:@/http.sock",
                "ill-file=@/../ill"));
        Path ill = chain.folder().resolve("ill");
        long first = chain.first().pid();
        try (Traffic traffic = Traffic.to(chain.addresses().toArray(SocketAddress[]::new))) {
            traffic.awaitGeneration(0);
            Upgrading upgrading;
            try (Gate health = chain.hold("health")) {
                upgrading = chain.startUpgrade();
                health.arrived();
                traffic.awaitGeneration(1);
                Files.createFile(ill);
            }
            assertThat(upgrading.await(UpgradeResult.RolledBack.class).reason()).contains("this version is ill");
            traffic.awaitGeneration(0);
            chain.assertServesAlone(first);
            traffic.awaitAnswers(10);
            assertThat(callsOf(chain, first)).containsExactly("start", "pause", "resume");

            Files.delete(ill);
            long second = chain.startUpgrade().await(UpgradeResult.Committed.class).pid();
            traffic.awaitGeneration(1);
            chain.assertServesAlone(second);
            traffic.awaitAnswers(10);
            assertThat(callsOf(chain, first)).containsExactly("start", "pause", "resume", "pause", "close");
            assertThat(callsOf(chain, second)).containsExactly("start");
            traffic.assertNothingLost();
        }
        assertThat(chain.output().lines()).filteredOn(line -> line.startsWith("acceptor "))
                .allMatch(line -> line.endsWith(" same=true open=true"));
        assertThat(chain.output().find(0, "^own acceptor: ")).isEmpty();
        chain.assertEnds();
    }

    /// What the library did to the acceptor of each listener of a process: to both the same.
    private static List<String> callsOf(Chain chain, long pid) throws IOException {
        List<String> calls = callsOf(chain, pid, "listener-0");
        assertThat(callsOf(chain, pid, "listener-1")).isEqualTo(calls);
        return calls;
    }

    private static List<String> callsOf(Chain chain, long pid, String listener) throws IOException {
        return chain.output().lines().stream()
                .filter(line -> line.startsWith("acceptor ") && line.contains(" " + listener + " pid=" + pid + " "))
                .map(line -> line.split(" ", 3)[1]).toList();
    }
}
