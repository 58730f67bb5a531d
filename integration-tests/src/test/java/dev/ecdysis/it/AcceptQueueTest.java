package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A connection that the kernel has taken and nobody has accepted belongs to whoever accepts next: none is
/// reset.
@Tag("slow")
class AcceptQueueTest {
    private static final int WAITING = 500;
    private static final int KILLED = 128 + 9;

    @RegisterExtension
    final Servers servers = new Servers();

    private final List<Client> clients = new ArrayList<>();

    @AfterEach
    void hangUp() throws IOException {
        for (Client client : clients) {
            client.close();
        }
    }

    @Test
    void ofTheSameListenerIsServedByTheSuccessor() throws Exception {
        Chain chain = servers
                .start(Launch.program("exclusive=yes", "listen=tcp:127.0.0.1:0,unix:@/http.sock"));
        Upgrading upgrading;
        // The acceptors have paused, and the successor has not been told to start.
        try (Gate letGo = chain.hold("let-go")) {
            upgrading = chain.startUpgrade();
            letGo.arrived();
            for (SocketAddress address : chain.addresses()) {
                connectAndAsk(address);
            }
        }
        upgrading.await(UpgradeResult.Committed.class);
        assertAllServedBy(1);
        chain.assertServesAlone();
        chain.assertUpgradesAndEnds();
    }

    /// It accepts and nobody else does, until it is dead.
    @Test
    void ofASuccessorThatIsKilledOnProbationIsServedByThePredecessor() throws Exception {
        Chain chain = servers.start(Launch.program("listen=tcp:127.0.0.1:0,unix:@/http.sock"));
        Upgrading upgrading;
        try (Gate health = chain.hold("health")) {
            upgrading = chain.startUpgrade();
            stopAskAndKill(chain, health.arrived());
        }
        assertThat(upgrading.await(UpgradeResult.RolledBack.class).exitStatus()).hasValue(KILLED);
        assertAllServedBy(0);
        chain.assertServesAlone(chain.first().pid());
        chain.assertEnds();
    }

    /// It accepts while it waits for its successor to be ready.
    @Test
    void ofAPredecessorThatIsKilledIsServedByTheSuccessor() throws Exception {
        Chain chain = servers.start(Launch.program("listen=tcp:127.0.0.1:0,unix:@/http.sock"));
        Upgrading upgrading;
        try (Gate initialising = chain.hold("initialising")) {
            upgrading = chain.startUpgrade();
            initialising.arrived();
            stopAskAndKill(chain, chain.first().pid());
            assertThat(chain.first().waitFor()).isEqualTo(KILLED);
        }
        upgrading.awaitLost();
        assertAllServedBy(1);
        chain.assertServesAlone();
        chain.assertEnds();
    }

    /// What connects while it stands still has been accepted by nobody when it dies.
    private void stopAskAndKill(Chain chain, long accepting) throws Exception {
        Processes.stop(accepting);
        for (SocketAddress address : chain.addresses()) {
            connectAndAsk(address);
        }
        Processes.signal(accepting, Processes.KILL);
    }

    /// One listener is gone in the new version, one has another address; both kinds of socket.
    @Test
    void ofAListenerThatTheNewVersionDoesNotClaimIsServedByThePredecessor() throws Exception {
        Chain chain = startWithListeners();
        long first = chain.first().pid();
        List<SocketAddress> old = chain.addresses().subList(1, 5);
        Files.writeString(listenFile(chain),
                "stays=tcp:127.0.0.1:0\nmoved-tcp=tcp:127.0.0.2:0\nmoved-unix=unix:"
                        + chain.run().resolve("after.sock") + "\n");
        UpgradeResult.Committed committed;
        // They accept for these listeners until the commit, and then together with whoever closes them.
        try (Threads _ = Threads.hold(debuggerPort(chain),
                List.of("ecdysis-accept-gone", "ecdysis-accept-moved"))) {
            for (SocketAddress address : old) {
                connectAndAsk(address);
            }
            committed = chain.startUpgrade().await(UpgradeResult.Committed.class);
            chain.output().await(0, "^phase DRAINING generation=0 pid=" + first);
            assertThat(Processes.connections(first, ((InetSocketAddress) old.getFirst()).getPort())).as("accepted")
                    .isZero();
        }
        assertAllServedBy(0);
        chain.assertServesAlone(committed.pid());
        for (SocketAddress address : old) {
            assertThat(isRefused(address)).as("nobody listens at " + address).isTrue();
            assertThat(address instanceof UnixDomainSocketAddress unix && Files.exists(unix.getPath()))
                    .as("the path is left").isFalse();
        }
        assertThat(Client.get(chain.address(), "/")).isEqualTo("generation 1\n");
        chain.assertUpgradesAndEnds();
    }

    private Chain startWithListeners() throws Exception {
        Chain chain = servers.create();
        Files.writeString(listenFile(chain), "stays=tcp:127.0.0.1:0\ngone-tcp=tcp:127.0.0.1:0\n"
                + "moved-tcp=tcp:127.0.0.1:0\ngone-unix=unix:" + chain.run().resolve("gone.sock")
                + "\nmoved-unix=unix:" + chain.run().resolve("before.sock") + "\n");
        chain.start(Launch.program(Launch.JAVA, List.of(Threads.DEBUGGABLE, "-cp", Launch.classPath()),
                "listen-file=@/../listen"), Path.of("/"));
        return chain;
    }

    private static int debuggerPort(Chain chain) throws Exception {
        return Integer
                .parseInt(chain.output().await(0, "^Listening for transport dt_socket at address: (\\d+)").group(1));
    }

    private static Path listenFile(Chain chain) {
        return chain.folder().resolve("listen");
    }

    private void connectAndAsk(SocketAddress address) throws IOException {
        for (int i = 0; i < WAITING; i++) {
            Client client = Client.connect(address);
            clients.add(client);
            client.ask("/", "Connection: close\r\n");
        }
    }

    private void assertAllServedBy(int generation) throws IOException {
        for (Client client : clients) {
            String response = client.readToEnd();
            assertThat(response).startsWith("HTTP/1.1 200 OK").endsWith("generation " + generation + "\n");
            assertThat(Client.generation(response)).isEqualTo(generation);
        }
    }

    private static boolean isRefused(SocketAddress address) {
        try {
            Client.connect(address).close();
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
