package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.status.Progress;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server accepts by itself, and nothing of it says how many connections it has: they are drained all the same.
@Tag("slow")
class UncountedConnectionsTest {
    private static final String LISTEN = "listen=tcp:127.0.0.1:0,tcp:[::]:0,unix:@/http.sock";

    @RegisterExtension
    final Servers servers = new Servers();

    /// Two of each listener.
    private static List<Client> connect(Chain chain) throws Exception {
        List<Client> clients = new ArrayList<>();
        for (SocketAddress address : chain.addresses()) {
            clients.add(Client.keptBy(0, address));
            clients.add(Client.keptBy(0, address));
        }
        return clients;
    }

    private static void assertServedToTheEnd(Client client) throws Exception {
        client.ask("/", "");
        assertThat(Client.generation(client.readToEnd())).isZero();
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"uncounted", "counted-apart", "yes"})
    void nothingIsCutByACommit(String how) throws Exception {
        Chain chain = servers.start(Launch.program("own-acceptor=" + how, LISTEN));
        long first = chain.first().pid();
        List<Client> clients = connect(chain);
        long second = chain.startUpgrade().await(UpgradeResult.Committed.class).pid();
        chain.awaitDraining(first, 6);
        if (how.equals("uncounted")) {
            assertThat(chain.status().draining().getFirst().waitsFor()).containsExactly("listener-0: 2",
                    "listener-1: 2", "listener-2: 2");
        }
        for (Client client : clients) {
            assertServedToTheEnd(client);
        }
        chain.output().await(0, "^exiting pid=" + first + " Upgraded\\[successorPid=" + second + ", cutOff=0\\]");
        chain.assertServesAlone(second);
        chain.assertEnds();
    }

    @Test
    void nothingIsCutByAStop() throws Exception {
        Chain chain = servers.start(Launch.program("own-acceptor=uncounted", LISTEN));
        List<Client> clients = connect(chain);
        List<Progress> heard = new CopyOnWriteArrayList<>();
        try (ControlClient control = ControlClient.connect(chain.control(), Await.LIMIT)) {
            Thread stopping = Thread.ofPlatform().start(() -> {
                try {
                    control.stop(heard::add);
                } catch (ControlException e) {
                    throw new UncheckedIOException(e);
                }
            });
            Await.until("it waits for all", () -> heard.stream().anyMatch(progress -> progress.connections() == 6));
            for (Client client : clients) {
                assertServedToTheEnd(client);
            }
            stopping.join();
        }
        chain.output().await(0, "^exiting pid=.* Stopped\\[cutOff=0\\]");
        chain.assertNothingLeft();
    }

    @Test
    void whatIsLeftAtTheDeadlineIsToldAsCutOff() throws Exception {
        Chain chain = servers.start(Launch.program("own-acceptor=uncounted", LISTEN, "drain=1500"));
        List<Client> clients = connect(chain);
        clients.removeFirst().close();
        chain.startUpgrade().await(UpgradeResult.Committed.class);
        chain.output().await(0, "^exiting pid=" + chain.first().pid() + " Upgraded\\[successorPid=.*, cutOff=5\\]");
        for (Client client : clients) {
            client.close();
        }
        chain.assertServesAlone();
        chain.assertEnds();
    }
}
