package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.status.ServerState;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A stop lets established connections end, ends both sides of an upgrade, and leaves nothing behind.
@Tag("slow")
class StopTest {
    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void lettingConnectionsEnd() throws Exception {
        Chain chain = servers
                .start(Launch.example("echo", "--listen", "tcp:127.0.0.1:0", "--listen", "unix:@/echo"));
        try (Client client = Client.connect(chain.address())) {
            assertThat(client.read()).hasSize(4);
            Processes.signal(chain.first().pid(), Processes.TERM);
            chain.output().await(0, "^draining generation=0");
            client.write("still here");
            assertThat(client.read()).isEqualTo("still here");
        }
        assertThat(chain.first().waitFor()).isZero();
        assertThat(chain.output().find(0, "^exiting reason=stopped cut-off=0$")).isPresent();
        chain.assertNothingLeft();
    }

    @Test
    void atOnceWhenAskedTwice() throws Exception {
        Chain chain = servers.start(Launch.example("echo", "--listen", "tcp:127.0.0.1:0", "--drain", "1h"));
        try (Client client = Client.connect(chain.address())) {
            assertThat(client.read()).hasSize(4);
            Processes.signal(chain.first().pid(), Processes.TERM);
            chain.output().await(0, "^draining generation=0");
            // What comes within a second is the first one once more.
            Await.until("it ends", () -> {
                Processes.signal(chain.first().pid(), Processes.TERM);
                return chain.first().waitFor(200, TimeUnit.MILLISECONDS);
            });
            assertThat(chain.first().waitFor()).isZero();
            assertThat(client.read()).isEmpty();
        }
        assertThat(chain.output().find(0, "^exiting reason=stopped cut-off=1$")).isPresent();
        chain.assertNothingLeft();
    }

    /// To the process group, and from whoever passes it on to the process.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lettingConnectionsEndWhenTheSameStopComesTwice(boolean upgraded) throws Exception {
        Chain chain = servers.start(Launch.example("echo", "--listen", "tcp:127.0.0.1:0", "--drain", "1h"));
        long server = upgraded ? chain.assertUpgrades().pid() : chain.first().pid();
        try (Client client = Client.connect(chain.address())) {
            assertThat(client.read()).hasSize(4);
            int mark = chain.output().mark();
            long begun = System.nanoTime();
            Processes.signal(server, Processes.TERM);
            chain.output().await(mark, "^draining generation=");
            Processes.signal(server, Processes.TERM);
            boolean asQuick = System.nanoTime() - begun < Duration.ofSeconds(1).toNanos();
            assumeTrue(asQuick, "SKIPPED: this machine is too busy to stop twice within a second");
            client.write("still here");
            assertThat(client.read()).isEqualTo("still here");
        }
        Processes.awaitExit(server);
        assertThat(chain.output().find(0, "^exiting reason=stopped cut-off=0$")).isPresent();
        chain.assertNothingLeft();
    }

    /// It ends in good order, with what its application says, and not by the signal.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void beforeItIsReadyTheSameStopMayComeTwice(boolean successor) throws Exception {
        Chain chain = servers.start(Launch.program());
        try (Gate gate = chain.hold("initialising")) {
            Upgrading upgrading = chain.startUpgrade();
            long starts = gate.arrived();
            // The predecessor tells its successor, and perhaps is as quick as the signal.
            long first = System.nanoTime();
            Processes.signal(successor ? starts : chain.first().pid(), Processes.TERM);
            assertThat(upgrading.await()).isInstanceOf(UpgradeResult.Failed.class);
            Processes.signal(starts, Processes.TERM);
            Processes.signal(starts, Processes.HUP);
            chain.errors().await(0, "SIGHUP: ignored: the server is stopping$");
            assumeTrue(System.nanoTime() - first < Duration.ofSeconds(1).toNanos(),
                    "SKIPPED: this machine is too busy to stop twice within a second");
        }
        chain.output().await(0, "^stopped before it was ready: ");
        chain.assertNothingLeft();
    }

    /// As a terminal or a service manager asks, which signals all processes: for neither it is the second time.
    @ParameterizedTest
    @ValueSource(strings = {"predecessor", "successor"})
    void lettingConnectionsEndOnBothSidesWhenEachIsAsked(String first) throws Exception {
        Chain chain = servers.start(Launch.program("probation=3600000", "drain=3600000"));
        try (Client ofThePredecessor = Client.keptBy(0, chain.address())) {
            Upgrading upgrading = chain.startUpgrade();
            chain.output().await(0, "^serving generation=1 ");
            long successor = chain.successor();
            boolean inOrder = first.equals("predecessor");
            try (Client ofTheSuccessor = Client.keptBy(1, chain.address())) {
                Processes.signal(inOrder ? chain.first().pid() : successor, Processes.TERM);
                chain.output().await(0, "^phase DRAINING generation=0 ");
                chain.output().await(0, "^phase DRAINING generation=1 ");
                long second = inOrder ? successor : chain.first().pid();
                Processes.signal(second, Processes.TERM);
                // It comes later, and says in the log that it has come.
                Processes.signal(second, Processes.HUP);
                chain.errors().await(0, "SIGHUP: ignored: the server is stopping$");
                ofTheSuccessor.ask("/", "");
                assertThat(Client.generation(ofTheSuccessor.readToEnd())).isEqualTo(1);
            }
            assertThat(upgrading.await()).isInstanceOf(UpgradeResult.Failed.class);
            ofThePredecessor.ask("/", "");
            assertThat(Client.generation(ofThePredecessor.readToEnd())).isEqualTo(0);
        }
        chain.assertNothingLeft();
        assertThat(chain.output().lines()).filteredOn(line -> line.endsWith("Stopped[cutOff=0]")).hasSize(2);
    }

    /// @param point where the upgrade is held
    /// @param side who gets the signal
    @ParameterizedTest
    @CsvSource({"spawning, predecessor", "initialising, predecessor", "initialising, successor",
        "let-go, predecessor", "let-go, successor", "take, predecessor", "take, successor",
        "health, predecessor",
        "health, successor"})
    void endsBothSidesOfAnUpgrade(String point, String side) throws Exception {
        // So long that nothing but the stop can end the upgrade.
        Chain chain = servers.start(Launch.program("exclusive=yes", "listen=tcp:127.0.0.1:0,unix:@/http.sock",
                "probation=600000"));
        Upgrading upgrading;
        try (Gate gate = chain.hold(point)) {
            upgrading = chain.startUpgrade();
            gate.arrived();
            long pid = side.equals("predecessor") ? chain.first().pid() : chain.successor();
            Processes.signal(pid, Processes.TERM);
        }
        assertThat(upgrading.await()).isInstanceOfSatisfying(UpgradeResult.Failed.class,
                failed -> assertThat(failed.reason()).contains("stopping"));
        assertThat(chain.first().waitFor()).as("exit status of the predecessor").isZero();
        chain.assertNothingLeft();
    }

    /// @param point where the upgrade is held
    /// @param side who calls
    @ParameterizedTest
    @CsvSource({"initialising, predecessor", "initialising, successor", "take, successor",
        "health, predecessor", "health, successor"})
    void aCallEndsBothSidesOfAnUpgrade(String point, String side) throws Exception {
        // So long that nothing but the stop can end the upgrade.
        Chain chain = servers.start(Launch.program("exclusive=yes", "stops-by-call=yes",
                "listen=tcp:127.0.0.1:0,unix:@/http.sock", "probation=600000"));
        Upgrading upgrading;
        long successor;
        try (Gate gate = chain.hold(point)) {
            upgrading = chain.startUpgrade();
            gate.arrived();
            successor = chain.successor();
            chain.stopByCall(side.equals("predecessor") ? chain.first().pid() : successor);
        }
        assertThat(upgrading.await()).isInstanceOfSatisfying(UpgradeResult.Failed.class,
                failed -> assertThat(failed.reason()).contains("stopping"));
        assertThat(chain.first().waitFor()).as("exit status of the predecessor").isZero();
        chain.assertNothingLeft();
        assertThat(chain.output().lines()).contains("ends status=0 pid=" + successor);
    }

    /// @param becomes what happens to the successor before it can serve what waits
    /// @param by the generation that must serve it then
    @ParameterizedTest
    @CsvSource({"goes on, 1", "dies, 0", "hangs, 0"})
    void whatWaitsIsServedByTheOneThatOwnsTheQueue(String becomes, int by) throws Exception {
        // So long that nothing but its silence can end a successor that hangs.
        Chain chain = servers.start(Launch.program("listen=tcp:127.0.0.1:0,unix:@/http.sock", "probation=600000",
                "drain=3600000", "silence=6000"));
        Upgrading upgrading = chain.startUpgrade();
        chain.output().await(0, "^serving generation=1 ");
        long successor = chain.successor();
        Processes.stop(successor);
        List<Client> waiting = new ArrayList<>();
        try {
            for (SocketAddress address : chain.addresses()) {
                for (int i = 0; i < 3; i++) {
                    Client client = Client.connect(address);
                    waiting.add(client);
                    client.ask("/", "Connection: close\r\n");
                }
            }
            Processes.signal(chain.first().pid(), Processes.TERM);
            chain.output().await(0, "^phase DRAINING generation=0 ");
            if (!becomes.equals("hangs")) {
                Processes.signal(successor, becomes.equals("dies") ? Processes.KILL : Processes.CONT);
            }
            for (Client client : waiting) {
                assertThat(Client.generation(client.readToEnd())).isEqualTo(by);
            }
        } finally {
            for (Client client : waiting) {
                client.close();
            }
        }
        assertThat(upgrading.await()).isInstanceOf(UpgradeResult.Failed.class);
        assertThat(chain.first().waitFor()).as("exit status of the predecessor").isZero();
        chain.assertNothingLeft();
    }

    /// One that only takes long is no one that hangs.
    @Test
    void aSuccessorMayDrainForAsLongAsItTells() throws Exception {
        Duration silence = Duration.ofMillis(1_500);
        Chain chain = servers.start(
                Launch.program("probation=600000", "drain=3600000", "silence=" + silence.toMillis()));
        Upgrading upgrading = chain.startUpgrade();
        chain.output().await(0, "^serving generation=1 ");
        try (Client kept = Client.keptBy(1, chain.address())) {
            Processes.signal(chain.first().pid(), Processes.TERM);
            assertThat(upgrading.await()).isInstanceOf(UpgradeResult.Failed.class);
            // Longer than the successor may be silent.
            Thread.sleep(silence.plusSeconds(6));
            kept.ask("/", "Connection: close\r\n");
            assertThat(Client.generation(kept.readToEnd())).isEqualTo(1);
        }
        assertThat(chain.first().waitFor()).as("exit status of the predecessor").isZero();
        chain.assertNothingLeft();
    }

    @Test
    void doesNotWaitForASuccessorThatHangsBeforeItIsReady() throws Exception {
        Chain chain = servers.start(Launch.program("drain=3600000"));
        try (Gate initialising = chain.hold("initialising")) {
            Upgrading upgrading = chain.startUpgrade();
            initialising.arrived();
            Processes.signal(chain.first().pid(), Processes.TERM);
            assertThat(upgrading.await()).isInstanceOf(UpgradeResult.Failed.class);
            Processes.awaitExit(chain.first().pid());
            chain.assertNothingLeft();
        }
    }

    @Test
    void aSuccessorThatIsTheLastLeavesNothing() throws Exception {
        Chain chain = servers.start(Launch.program("listen=unix:@/http.sock"));
        try (Gate initialising = chain.hold("initialising")) {
            chain.startUpgrade();
            long successor = initialising.arrived();
            Processes.signal(chain.first().pid(), Processes.KILL);
            Processes.awaitExit(chain.first().pid());
            Processes.signal(successor, Processes.TERM);
        }
        chain.assertNothingLeft();
    }

    @Test
    void aClientWaitsForBothSidesOfAnUpgrade() throws Exception {
        Chain chain = servers
                .start(Launch.example("echo", "--listen", "tcp:127.0.0.1:0", "--probation", "1h", "--drain", "1h"));
        CompletableFuture<List<Long>> left = new CompletableFuture<>();
        try (Client established = Client.connect(chain.address())) {
            assertThat(established.read()).hasSize(4);
            Upgrading upgrading = chain.startUpgrade();
            chain.output().await(0, "^serving generation=1 ");
            long successor = chain.successor();
            stopOnAThread(chain, ControlClient.connect(chain.control(), Await.LIMIT), left);
            Processes.awaitExit(successor);
            assertThat(upgrading.await()).isInstanceOf(UpgradeResult.Failed.class);
        }
        assertThat(left.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isEmpty();
        chain.assertNothingLeft();
    }

    /// After the stop nobody new can connect, but who came before it may still ask.
    @Test
    void aClientOfTheSuccessorWaitsForAPredecessorThatWasToldToStop() throws Exception {
        Chain chain = servers.start(Launch.program("probation=3600000", "drain=3600000"));
        CompletableFuture<List<Long>> left = new CompletableFuture<>();
        try (Client ofThePredecessor = Client.keptBy(0, chain.address())) {
            Upgrading upgrading = chain.startUpgrade();
            chain.output().await(0, "^serving generation=1 ");
            long successor = chain.successor();
            try (Client ofTheSuccessor = Client.keptBy(1, chain.address())) {
                ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT);
                Processes.signal(chain.first().pid(), Processes.TERM);
                chain.output().await(0, "^phase DRAINING generation=0 ");
                chain.output().await(0, "^phase DRAINING generation=1 ");
                assertThat(client.status()).satisfies(status -> {
                    assertThat(status.pid()).isEqualTo(successor);
                    assertThat(status.state()).isEqualTo(ServerState.STOPPING);
                    assertThat(status.connections()).isEqualTo(1);
                });
                stopOnAThread(chain, client, left);
                chain.errors().await(0, "stop asked for by process ");
                // It is no second stop, which would have cut the connection off.
                ofTheSuccessor.ask("/", "");
                assertThat(Client.generation(ofTheSuccessor.readToEnd())).isEqualTo(1);
            }
            Processes.awaitExit(successor);
            assertThat(upgrading.await()).isInstanceOf(UpgradeResult.Failed.class);
            ofThePredecessor.ask("/", "");
            assertThat(Client.generation(ofThePredecessor.readToEnd())).isEqualTo(0);
        }
        assertThat(left.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isEmpty();
        chain.assertNothingLeft();
    }

    /// As from the host of a container. Its pid 1 is not ours, which goes on.
    @Test
    void aClientInAnotherPidNamespaceWaitsForTheRightProcess() throws Exception {
        List<String> apart = List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child");
        assumeTrue(Processes.succeeds(apart, "true"), "unshare(1) cannot make a pid namespace here");
        List<String> words = new ArrayList<>(apart);
        words.addAll(Launch.program().command());
        Chain chain = servers.start(new Launch(words, Map.of()));
        try (ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT)) {
            assertThat(client.status().pid()).isOne();
            client.stop(progress -> {
            });
        }
        assertThat(chain.first().waitFor()).isZero();
        chain.assertNothingLeft();
    }

    /// @param left completed with the processes that live when the client has been told that all is over
    private static void stopOnAThread(Chain chain, ControlClient client, CompletableFuture<List<Long>> left) {
        Thread.ofPlatform().daemon().start(() -> {
            try (client) {
                client.stop(progress -> {
                });
                left.complete(chain.processes());
            } catch (IOException e) {
                left.completeExceptionally(e);
            }
        });
    }
}
