package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.status.ServerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server's own acceptor fails or hangs: nobody is told that the server serves while it does not, it serves as soon as
/// that is over, and it can be stopped meanwhile.
@Tag("slow")
class AcceptorTroubleTest {
    /// No stop may wait for this.
    private static final String DRAIN = "drain=86400000";

    @RegisterExtension
    final Servers servers = new Servers();

    private Chain chain;
    private long first;

    private void start(String... more) throws Exception {
        chain = servers.create();
        Files.createDirectory(chain.folder().resolve("faults"));
        List<String> settings = new ArrayList<>(List.of("own-acceptor=yes", DRAIN, "ill-file=@/../ill"));
        settings.addAll(List.of(more));
        chain.start(Launch.program(settings.toArray(String[]::new)), Path.of("/"));
        first = chain.first().pid();
    }

    private Path fault(String name) throws IOException {
        return Files.createFile(chain.folder().resolve("faults").resolve(name + "-" + first));
    }

    private UpgradeResult.RolledBack rollBack() throws Exception {
        Path ill = Files.createFile(chain.folder().resolve("ill"));
        UpgradeResult.RolledBack result = chain.startUpgrade().await(UpgradeResult.RolledBack.class);
        Files.delete(ill);
        return result;
    }

    private void assertImpaired(String... why) throws Exception {
        assertThat(chain.status().pid()).isEqualTo(first);
        assertThat(chain.status().state()).isEqualTo(ServerState.IMPAIRED);
        assertThat(chain.status().notes().toString()).contains(why);
    }

    private void awaitServing() throws Exception {
        Await.until("it serves", () -> chain.status().state() == ServerState.RUNNING);
        assertThat(Client.get(chain.address(), "/")).contains("generation 0");
        assertThat(chain.status().notes().toString()).doesNotContain("accepts nothing", "may accept nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"checked", "unchecked", "error"})
    void aResumeThatFailsIsTriedAgainUntilItWorks(String kind) throws Exception {
        start();
        Path fault = fault("resume-" + kind);
        UpgradeResult.RolledBack result = rollBack();
        assertThat(result.reason()).contains("this version is ill",
                "listener listener-0 accepts nothing: resume() of its "
                        + "acceptor failed",
                "resume fails on purpose");
        assertImpaired("listener listener-0 accepts nothing", "resume fails on purpose", "it is tried again");
        chain.errors().await(0, "listener-0 accepts nothing: resume\\(\\)");
        chain.errors().await(0, "listener-0 still accepts nothing: .* it is tried again in [1-9][0-9]* ms");
        try (Client client = Client.connect(chain.address())) {
            client.ask("/", "Connection: close\r\n");
            Files.delete(fault);
            assertThat(client.readToEnd()).contains("generation 0");
        }
        awaitServing();
        chain.errors().await(0, "listener-0 accepts again");
        chain.assertUpgradesAndEnds();
    }

    @Test
    void anUpgradeMeanwhileWorks() throws Exception {
        start();
        fault("resume-checked");
        rollBack();
        assertImpaired("resume fails on purpose");
        try (Client client = Client.connect(chain.address())) {
            client.ask("/", "Connection: close\r\n");
            chain.assertUpgrades();
            assertThat(client.readToEnd()).contains("generation 1");
        }
        chain.assertEnds();
    }

    /// Also when somebody waits to be accepted.
    @Test
    void aStopMeanwhileWorks() throws Exception {
        start("handover=2000");
        fault("resume-unchecked");
        rollBack();
        try (Client waits = Client.connect(chain.address())) {
            waits.ask("/", "");
            Processes.signal(first, Processes.TERM);
            Processes.awaitExit(first);
        }
        chain.assertNothingLeft();
    }

    @Test
    void aPauseThatFailsAndAResumeThatFailsAreBothTold() throws Exception {
        start();
        fault("pause-unchecked");
        Path fault = fault("resume-checked");
        UpgradeResult.Failed result = chain.startUpgrade().await(UpgradeResult.Failed.class);
        assertThat(result.phase()).isEqualTo(Phase.CUTOVER);
        assertThat(result.reason()).contains("pause fails on purpose", "accepts nothing", "resume fails on purpose");
        assertImpaired("resume fails on purpose");
        Files.delete(fault);
        awaitServing();
        chain.assertEnds();
    }

    @Test
    void aPauseThatHangsIsToldAndRememberedAndStopsInTime() throws Exception {
        start("handover=500");
        fault("pause-hangs");
        UpgradeResult.Failed result = chain.startUpgrade().await(UpgradeResult.Failed.class);
        assertThat(result.phase()).isEqualTo(Phase.CUTOVER);
        assertThat(result.reason()).contains("listener-0 may accept nothing: pause() of its acceptor has not returned");
        chain.output().await(0, "^pause was interrupted");
        assertImpaired("listener-0 may accept nothing", "jcmd");
        UpgradeResult.Refused refused = chain.startUpgrade().await(UpgradeResult.Refused.class);
        assertThat(refused.why())
                .contains("listener-0 cannot be handed over: pause() of its acceptor has not returned");
        Processes.signal(first, Processes.TERM);
        Processes.awaitExit(first);
        assertThat(chain.output().lines()).filteredOn(line -> line.startsWith("pause hangs")).hasSize(1);
        chain.assertNothingLeft();
    }

    @Test
    void aPauseThatReturnsInTheEndIsUndone() throws Exception {
        start("handover=500");
        Path fault = fault("pause-hangs");
        chain.startUpgrade().await(UpgradeResult.Failed.class);
        assertImpaired("may accept nothing");
        Files.delete(fault);
        awaitServing();
        chain.errors().await(0, "listener-0 accepts again");
        chain.assertUpgradesAndEnds();
    }

    @Test
    void aStopThatComesWhileItHangsIsInTime() throws Exception {
        start("handover=500");
        fault("pause-hangs");
        chain.startUpgrade();
        chain.output().await(0, "^pause hangs");
        Processes.signal(first, Processes.TERM);
        Processes.awaitExit(first);
        chain.assertNothingLeft();
    }

    @Test
    void aResumeThatHangsIsToldAndStopsInTime() throws Exception {
        start("handover=500");
        fault("resume-hangs");
        assertThat(rollBack().reason())
                .contains("listener-0 may accept nothing: resume() of its acceptor has not returned");
        assertImpaired("resume() of its acceptor has not returned");
        Processes.signal(first, Processes.TERM);
        Processes.awaitExit(first);
        chain.assertNothingLeft();
    }

    /// Nothing is known of it before the stop.
    @ParameterizedTest
    @ValueSource(strings = {"pause", "close"})
    void oneThatHangsFirstAtTheStopDoesNotKeepItUp(String call) throws Exception {
        start("handover=500", "listen=tcp:127.0.0.1:0,unix:@/http.sock");
        fault(call + "-hangs");
        Processes.signal(first, Processes.TERM);
        Processes.awaitExit(first);
        chain.assertNothingLeft();
    }

    @Test
    void aCloseThatHangsAtTheCommitDoesNotKeepTheOldProcess() throws Exception {
        start("handover=500");
        fault("close-hangs");
        chain.assertUpgradesAndEnds();
    }
}
