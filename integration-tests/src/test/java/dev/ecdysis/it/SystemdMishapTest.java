package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of a unit when something comes between during an upgrade, or it takes its time.
@Tag("slow")
class SystemdMishapTest {
    /// Its own: who executes systemd anew does so to everybody, and who reloads it.
    @RegisterExtension
    static final SystemdMachine MACHINE = SystemdMachine.ofItsOwn();

    private final SystemdServer server = new SystemdServer(MACHINE, "mishap");

    @BeforeEach
    void theVersionIsKnown() {
        Assumptions.assumeTrue(MACHINE.version() >= 253, "Type=notify-reload needs systemd 253");
        assertThat(MACHINE.version()).as("what is asserted was measured with it").isGreaterThanOrEqualTo(257);
    }

    private void awaitReloaded() throws Exception {
        MACHINE.await("the reload is over", () -> server.show("SubState").equals("running"));
    }

    @Test
    void systemdIsExecutedAnewDuringAnUpgrade() throws Exception {
        server.start("notify-reload", "--probation 3s");
        long old = server.mainPid();
        server.beginUpgrade();
        MACHINE.systemctl("daemon-reexec");
        assertThat(server.show("StatusText")).as("still").contains("upgrading to generation 1");
        awaitReloaded();
        assertThat(server.mainPid()).isNotEqualTo(old);
        assertThat(server.show("ReloadResult")).isEqualTo("success");
        server.assertServes(1);
        server.reload();
        server.assertServes(2);
        server.assertStopsAfterTheLastRequest();
    }

    /// Longer than systemd would wait, by what it is told meanwhile; a `daemon-reload` would have it forget that.
    @Test
    void aSlowStartAndASlowUpgradeAreWaitedFor() throws Exception {
        server.start("notify-reload", "--probation 3s --init-delay 3s", "TimeoutStartSec=2s", "WatchdogSec=2s",
                "KillSignal=SIGINT");
        for (int generation = 1; generation <= 2; generation++) {
            server.reload();
            assertThat(server.show("ReloadResult")).isEqualTo("success");
            server.assertServes(generation);
        }
        server.assertStops();
        assertThat(server.journal()).doesNotContain("not our child", "reception only permitted");
    }

    /// The upgrade goes on all the same.
    @Test
    void aReloadOfSystemdEndsTheWaitForASlowOne() throws Exception {
        server.start("notify-reload", "--probation 5s", "TimeoutStartSec=3s");
        long begun = System.nanoTime();
        server.beginUpgrade();
        Await.until("more time was needed than the unit has", () -> System.nanoTime() - begun > 3_200_000_000L);
        assertThat(server.show("SubState")).isEqualTo("reload-notify");
        MACHINE.systemctl("daemon-reload");
        awaitReloaded();
        assertThat(server.show("ReloadResult")).isEqualTo("timeout");
        MACHINE.await("it is committed", () -> !server.show("StatusText").contains("upgrading"));
        server.assertServes(1);
        server.assertStops();
    }

    /// Each is an upgrade, or the second one comes too late for one of its own.
    @Test
    void twoReloadsAtOnce() throws Exception {
        server.start("notify-reload", "--probation 100ms");
        SystemdServer.Load load = server.load();
        assertThat(MACHINE.sh("systemctl reload " + server.unit() + " & systemctl reload " + server.unit()
                + "; second=$?; wait $!; echo $? $second").orFail()).isEqualTo("0 0");
        MACHINE.await("nothing is under way", () -> !server.show("StatusText").contains("upgrad")
                && server.show("SubState").equals("running"));
        int reached = server.show("StatusText").contains("generation 2") ? 2 : 1;
        server.assertServes(reached);
        server.reload();
        server.assertServes(reached + 1);
        load.assertNoneFailed();
        load.end();
        server.assertStopsAfterTheLastRequest();
    }

    @Test
    void theSuccessorIsKilledOnProbation() throws Exception {
        server.start("notify-reload", "--probation 3s");
        long old = server.mainPid();
        server.beginUpgrade();
        long successor = server.pidInFile();
        assertThat(successor).isNotEqualTo(old);
        MACHINE.run("kill", "-KILL", Long.toString(successor)).orFail();
        awaitReloaded();
        assertThat(server.mainPid()).isEqualTo(old);
        assertThat(server.show("StatusText")).contains("the upgrade to generation 1 was rolled back",
                "ended on probation");
        server.assertServes(0);
        server.reload();
        server.assertServes(1);
        assertThat(server.show("StatusText")).doesNotContain("rolled back");
        server.assertStopsAfterTheLastRequest();
    }

    @Test
    void theNewVersionHangsUntilTheTimeLimit() throws Exception {
        Path fault = server.shared("fault");
        server.start("notify-reload", "--probation 100ms --ready-timeout 4s --fault-file " + fault);
        long old = server.mainPid();
        SystemdServer.Load load = server.load();
        Files.writeString(fault, "hang");
        server.reload();
        assertThat(server.mainPid()).isEqualTo(old);
        assertThat(server.show("StatusText")).contains("the upgrade to generation 1 failed", "time limit");
        server.assertServes(0);
        Files.delete(fault);
        server.reload();
        server.assertServes(1);
        load.assertNoneFailed();
        load.end();
        server.assertStopsAfterTheLastRequest();
    }

    /// Whoever is up by then, and whether it was told to accept.
    @ParameterizedTest
    @ValueSource(strings = {"initialising", "probation"})
    void theUnitIsStopped(String phase) throws Exception {
        server.start("notify-reload", "--probation 20s --init-delay 2s");
        SystemdServer.Load load = server.load();
        MACHINE.systemctl("reload", "--no-block", server.unit());
        MACHINE.await("it is in phase " + phase,
                () -> server.show("StatusText").contains("upgrading to generation 1: " + phase));
        load.assertNoneFailed();
        server.assertStopsAfterTheLastRequest();
        load.end();
    }
}
