package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What works with a systemd that does not know `Type=notify-reload`: that of the machine itself, where it is 252.
@Tag("slow")
class SystemdOlderTest {
    @RegisterExtension
    static final SystemdMachine MACHINE = SystemdMachine.ofThisSystem();

    private static final Path DOCUMENTS = Path.of(System.getProperty("ecdysis.home", "..")).resolve("docs/systemd");

    private final SystemdServer server = new SystemdServer(MACHINE, "older");

    @BeforeEach
    void theVersionIsKnown() {
        Assumptions.assumeTrue(MACHINE.version() < 253, "SKIPPED: the systemd of this machine is not an older one");
        assertThat(MACHINE.version()).as("what is asserted was measured with it").isEqualTo(252);
    }

    private void start(String file, String options) throws Exception {
        MACHINE.install(server.unit(),
                server.documented(Files.readString(DOCUMENTS.resolve(file)), server.command(options)));
        SystemdMachine.Result started = MACHINE.run("systemctl", "start", server.unit());
        assertThat(started.status()).as(started.err() + server.journal()).isZero();
    }

    @Test
    void aReloadIsAnUpgradeByTheCommandLine() throws Exception {
        start("notify.service", "--probation 100ms");
        server.assertServes(0);
        server.assertReloadsLoseNothing(10);
        server.assertStopsAfterTheLastRequest();
        assertThat(server.journal()).doesNotContain("not our child", "reception only permitted");
    }

    @Test
    void aReloadFailsWhenTheUpgradeDoes() throws Exception {
        Path fault = server.shared("fault");
        start("notify.service", "--probation 1s --fault-file " + fault);
        long main = server.mainPid();
        Files.writeString(fault, "die-after-cutover:50ms");
        assertThat(MACHINE.run("systemctl", "reload", server.unit()).status()).isNotZero();
        assertThat(server.mainPid()).isEqualTo(main);
        assertThat(server.show("StatusText")).contains("the upgrade to generation 1 was rolled back");
        server.assertServes(0);
        Files.delete(fault);
        server.reload();
        server.assertServes(1);
        server.assertStopsAfterTheLastRequest();
    }

    /// It takes the unit for a simple one, which cannot be reloaded; an upgrade by the command line is followed all the same.
    @Test
    void aUnitOfTheNewTypeFollowsItsPidFile() throws Exception {
        start("notify-reload.service", "--probation 100ms");
        server.awaitServing(0);
        assertThat(MACHINE.run("systemctl", "reload", server.unit()).status()).isNotZero();
        long old = server.mainPid();
        server.upgradeTo(1);
        assertThat(server.mainPid()).isNotEqualTo(old).isEqualTo(server.pidInFile());
        assertThat(server.show("ActiveState")).isEqualTo("active");
        server.assertStopsAfterTheLastRequest();
    }

    @Test
    void theSocketsSurviveACrash() throws Exception {
        server.start("notify", "--probation 100ms --fd-store", "NotifyAccess=main", "FileDescriptorStoreMax=8",
                "Restart=on-failure", "RestartSec=100ms", "RuntimeDirectoryPreserve=restart",
                "ExecReload=" + server.ecdysis("upgrade"));
        MACHINE.await("systemd has the socket", () -> server.show("NFileDescriptorStore").equals("1"));
        server.reload();
        server.assertServes(1);
        SystemdServer.Load load = server.load();
        MACHINE.systemctl("kill", "--signal=SIGKILL", "--kill-who=main", server.unit());
        MACHINE.await("it is started again", () -> server.show("NRestarts").equals("1"));
        assertThat(server.get()).as("it waits until there is a server again").contains("200 OK");
        load.end();
        assertThat(Files.readString(load.folder().resolve("count"))).as("but the one in flight, all are answered")
                .containsAnyOf("failed=0 ", "failed=1 ");
        MACHINE.systemctl("stop", server.unit());
        assertThat(server.show("Result")).isEqualTo("success");
    }
}
