package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.status.ServerState;
import dev.ecdysis.status.ServerStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// A process that initialises answers whoever asks, unless another one serves and does; and a signal that comes too early
/// is remembered, or the log says no.
@Tag("slow")
class InitialisingTest {
    private static final String NOT_YET = "this process is still initialising; ask again when it is ready";
    private static final String UNTIL_READY = "SIGHUP: remembered until this process is ready$";
    private static final String UNTIL_IT_IS_OVER = "SIGHUP: remembered until the upgrade that is under way has ended$";

    @RegisterExtension
    final Servers servers = new Servers();

    @RegisterExtension
    final Commands commands = new Commands();

    @Test
    void generationZeroSaysThatItIs() throws Exception {
        Chain chain = servers.create();
        try (Gate gate = chain.hold("initialising")) {
            chain.begin(Launch.program(), Path.of("/"));
            long first = gate.arrived();
            Command.Ended words = run(0, chain, "status");
            assertThat(words.out()).contains("state        initialising", "does not serve yet");
            JsonNode status = run(0, chain, "status", "--json").json();
            assertThat(status.get("state").stringValue()).isEqualTo("initialising");
            assertThat(status.get("ready").booleanValue()).isFalse();
            assertThat(status.get("pid").longValue()).isEqualTo(first);
            assertThat(status.get("listeners")).hasSize(1);

            Command.Ended refused = run(3, chain, "upgrade");
            assertThat(refused.err()).contains("refused: " + NOT_YET, "Nothing was tried")
                    .doesNotContain("serves as before", "committed");
            assertThat(run(3, chain, "upgrade", "--json").json().get("outcome").stringValue()).isEqualTo("refused");
            try (ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT)) {
                assertThat(client.doctor()).anyMatch(check -> check.name().equals("launch"));
            }
        }
        chain.awaitServing();
        assertThat(chain.status().state()).isEqualTo(ServerState.RUNNING);
        assertThat(chain.status().ready()).isTrue();
        assertThat(chain.status().notes()).isEmpty();
        chain.assertUpgradesAndEnds();
    }

    /// It is not served, but answered, while it takes what only one may hold.
    @Test
    void generationZeroSaysSoUntilItServes() throws Exception {
        Chain chain = servers.create();
        try (Gate gate = chain.hold("take")) {
            chain.begin(Launch.program("exclusive=yes"), Path.of("/"));
            gate.arrived();
            assertThat(chain.status().state()).isEqualTo(ServerState.INITIALISING);
            assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why()).isEqualTo(NOT_YET);
        }
        chain.awaitServing();
        chain.assertUpgradesAndEnds();
    }

    @Test
    void generationZeroIsStopped() throws Exception {
        Chain chain = servers.create();
        Command stop;
        try (Gate gate = chain.hold("initialising")) {
            chain.begin(Launch.program(), Path.of("/"));
            gate.arrived();
            stop = start(chain, "stop");
            chain.errors().await(0, "stop asked for by ");
            assertThat(chain.status().state()).isEqualTo(ServerState.STOPPING);
            assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why())
                    .isEqualTo("the server is stopping");
            assertThat(stop.process().isAlive()).as("waits for the end").isTrue();
        }
        assertThat(stop.end(0).out()).contains("Stopped: the process is gone");
        chain.output().await(0, "^stopped before it was ready: ");
        assertThat(chain.first().waitFor()).isZero();
        assertThat(chain.output().find(0, "^serving ")).isEmpty();
        chain.assertNothingLeft();
    }

    @Test
    void aSignalToGenerationZeroUpgradesOnceItIsReady() throws Exception {
        Chain chain = servers.create();
        try (Gate gate = chain.hold("initialising")) {
            chain.begin(Launch.program(), Path.of("/"));
            long first = gate.arrived();
            hangUp(chain, first, UNTIL_READY);
            hangUp(chain, first, UNTIL_READY);
            assertThat(chain.errors().find(0, "upgrading")).isEmpty();
        }
        chain.errors().await(0, "a signal that was remembered: upgrading$");
        long second = Long.parseLong(
                chain.output().await(0, "^result Committed\\[generation=1, pid=(\\d+)").group(1));
        chain.assertServesAlone(second);
        assertThat(chain.status().generation()).isEqualTo(1);
        chain.assertUpgradesAndEnds();
    }

    /// It answers for the server then: nobody else is there.
    @Test
    void aSuccessorWhosePredecessorDiedIsAskedInstead() throws Exception {
        Chain chain = servers.start(Launch.program());
        try (Gate gate = chain.hold("initialising")) {
            Upgrading upgrading = chain.startUpgrade();
            long successor = gate.arrived();
            Processes.signal(chain.first().pid(), Processes.KILL);
            assertThat(chain.first().waitFor()).isEqualTo(128 + Processes.KILL);
            upgrading.awaitLost();
            ServerStatus status = chain.status();
            assertThat(status.pid()).isEqualTo(successor);
            assertThat(status.generation()).isEqualTo(1);
            assertThat(status.state()).isEqualTo(ServerState.INITIALISING);
            assertThat(status.ready()).isFalse();
            assertThat(status.draining()).isEmpty();
            assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why()).isEqualTo(NOT_YET);
            hangUp(chain, successor, UNTIL_READY);
        }
        chain.output().await(0, "^result Committed\\[generation=2, ");
        chain.assertServesAlone();
        assertThat(chain.status().generation()).isEqualTo(2);
        chain.assertEnds();
    }

    @Test
    void aSuccessorThatNobodyServesForIsStopped() throws Exception {
        Chain chain = servers.start(Launch.program());
        Command stop;
        try (Gate gate = chain.hold("initialising")) {
            chain.startUpgrade();
            gate.arrived();
            Processes.signal(chain.first().pid(), Processes.KILL);
            assertThat(chain.first().waitFor()).isEqualTo(128 + Processes.KILL);
            stop = start(chain, "stop");
            chain.errors().await(0, "stop asked for by ");
        }
        stop.end(0);
        chain.assertNothingLeft();
    }

    /// The predecessor answers, and goes on to do so.
    @Test
    void aSuccessorLeavesClientsToItsPredecessor() throws Exception {
        Chain chain = servers.start(Launch.program());
        Upgrading upgrading;
        try (Gate gate = chain.hold("initialising")) {
            upgrading = chain.startUpgrade();
            gate.arrived();
            for (int i = 0; i < 20; i++) {
                ServerStatus status = chain.status();
                assertThat(status.pid()).isEqualTo(chain.first().pid());
                assertThat(status.ready()).isTrue();
            }
        }
        upgrading.await(UpgradeResult.Committed.class);
        chain.assertEnds();
    }

    /// Nobody else has that, so nobody else would answer.
    @Test
    void aSuccessorAnswersAtAControlSocketOfItsOwn() throws Exception {
        Launch launch = Launch.program();
        Chain chain = servers.start(launch);
        List<String> command = new ArrayList<>(chain.words(launch));
        command.add("control=other.sock");
        Path other = chain.control().resolveSibling("other.sock");
        Upgrading upgrading;
        try (Gate gate = chain.hold("initialising")) {
            upgrading = chain.startUpgrade(command);
            long successor = gate.arrived();
            try (ControlClient client = ControlClient.connect(other, Await.LIMIT)) {
                assertThat(client.status().pid()).isEqualTo(successor);
                assertThat(client.status().state()).isEqualTo(ServerState.INITIALISING);
                assertThat(client.status().draining()).isEmpty();
                assertThat(((UpgradeResult.Refused) client.upgrade(progress -> {
                })).why()).contains("the new version of an upgrade that is not committed yet");
            }
            assertThat(chain.status().pid()).isEqualTo(chain.first().pid());
        }
        upgrading.await(UpgradeResult.Committed.class);
        try (ControlClient client = ControlClient.connect(other, Await.LIMIT)) {
            assertThat(client.status().generation()).isEqualTo(1);
            client.stop(progress -> {
            });
        }
        chain.assertNothingLeft();
    }

    /// Nobody knows which of the two is meant, and both remember it.
    @Test
    void aSignalToASuccessorThatInitialisesIsRemembered() throws Exception {
        Chain chain = servers.start(Launch.program());
        try (Gate gate = chain.hold("initialising")) {
            chain.startUpgrade();
            hangUp(chain, gate.arrived(), UNTIL_IT_IS_OVER);
        }
        chain.output().await(0, "^result Committed\\[generation=2, ");
        chain.assertServesAlone();
        assertThat(chain.errors().find(0, "SIGHUP: upgrading")).isEmpty();
        chain.assertEnds();
    }

    /// On probation: a command is refused by whoever is asked, a signal to either is remembered.
    @Test
    void onProbationACommandIsRefusedAndASignalIsRemembered() throws Exception {
        Chain chain = servers.start(Launch.program());
        try (Gate gate = chain.hold("health")) {
            chain.startUpgrade();
            gate.arrived();
            Command.Ended refused = run(3, chain, "upgrade");
            assertThat(refused.err()).contains("the new version of an upgrade that is not committed yet",
                    "Nothing was tried; the server serves as before.");
            hangUp(chain, chain.first().pid(), UNTIL_IT_IS_OVER);
        }
        chain.output().await(0, "^result Committed\\[generation=2, ");
        chain.assertServesAlone();
        chain.assertEnds();
    }

    @Test
    void aSignalToOneThatOnlyDrainsIsTurnedDown() throws Exception {
        Chain chain = servers.start(Launch.program());
        long first = chain.first().pid();
        try (Client kept = Client.keptBy(0, chain.address())) {
            chain.startUpgrade().await(UpgradeResult.Committed.class);
            chain.awaitDraining(first, 1);
            hangUp(chain, first,
                    "SIGHUP: ignored: this process does not serve any more; send it to the one that does$");
            kept.ask("/", "");
            assertThat(Client.generation(kept.readToEnd())).isZero();
        }
        chain.assertServesAlone();
        assertThat(chain.status().generation()).isEqualTo(1);
        chain.assertEnds();
    }

    /// Returns when the log has said what becomes of it.
    private static void hangUp(Chain chain, long pid, String said) throws Exception {
        int mark = chain.errors().mark();
        Processes.signal(pid, Processes.HUP);
        chain.errors().await(mark, said);
    }

    private Command start(Chain chain, String command, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(command, "--control", chain.control().toString()));
        arguments.addAll(List.of(options));
        return commands.ecdysis(arguments.toArray(String[]::new));
    }

    /// Runs a command to its end, which must be with this exit code.
    private Command.Ended run(int status, Chain chain, String command, String... options) throws Exception {
        return start(chain, command, options).end(status);
    }
}
