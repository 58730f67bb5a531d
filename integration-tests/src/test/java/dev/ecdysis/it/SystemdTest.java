package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a real systemd does with a unit whose server is upgraded.
@Tag("slow")
class SystemdTest {
    /// Its own: units are changed while they run, and whoever asks systemd something while it is reloaded may hear nothing.
    @RegisterExtension
    static final SystemdMachine MACHINE = SystemdMachine.ofItsOwn();

    private final SystemdServer server = new SystemdServer(MACHINE, "app");

    private String command() {
        return server.command("--probation 100ms");
    }

    private String commandWithoutPidFile() {
        return command().replace("--pid-file " + server.pidFile() + " ", "");
    }

    private void install(String... lines) throws Exception {
        MACHINE.install(server.unit(), "[Service]\nRuntimeDirectory=" + server.name()
                + "\nExecReload=/bin/kill -HUP $MAINPID\n" + String.join("\n", lines) + "\n");
    }

    private void boot(String... lines) throws Exception {
        install(lines);
        MACHINE.systemctl("start", server.unit());
        server.awaitServing(0);
    }

    private SystemdMachine.Result upgrade() throws Exception {
        return MACHINE.sh(server.ecdysis("upgrade"));
    }

    /// Upgrades, waits until the old process has gone, and returns the new one.
    private long upgrade(int generation, String how) throws Exception {
        long old = server.pidInFile();
        MACHINE.sh(how).orFail();
        server.awaitServing(generation);
        MACHINE.await("process " + old + " has gone",
                () -> MACHINE.sh("test ! -e /proc/" + old + "/exe").status() == 0);
        long now = server.pidInFile();
        assertThat(now).isNotEqualTo(old);
        return now;
    }

    private void assertActive() throws Exception {
        assertThat(server.show("ActiveState")).isEqualTo("active");
        assertThat(server.get()).contains("200 OK");
    }

    private void assertStopsAfterTheLastRequest() throws Exception {
        server.assertStopsAfterTheLastRequest();
        assertThat(server.journal()).doesNotContain("not our child");
    }

    @Test
    void theSimplestUnitIsToldHowToBeUpgraded() throws Exception {
        boot("ExecStart=" + command());
        long first = server.mainPid();

        SystemdMachine.Result refused = upgrade();

        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).contains("systemd would end the new version", server.unit(), "Type=simple",
                "put PIDFile=" + server.pidFile() + " into the unit, then systemctl daemon-reload");
        assertThat(server.mainPid()).isEqualTo(first);
        assertActive();
        server.reload();
        assertThat(MACHINE.sh(server.ecdysis("status")).orFail())
                .contains("upgrades are refused: systemd would end");
        SystemdMachine.Result doctor = MACHINE.sh(server.ecdysis("doctor"));
        assertThat(doctor.status()).isEqualTo(1);
        assertThat(doctor.out()).contains("systemd would end the new version");
        assertActive();

        // The cure, while it runs.
        install("ExecStart=" + command(), "PIDFile=" + server.pidFile());
        assertThat(upgrade(1, server.ecdysis("upgrade"))).isEqualTo(server.mainPid());
        assertActive();
        assertThat(MACHINE.sh(server.ecdysis("status")).orFail()).doesNotContain("refused");
        assertStopsAfterTheLastRequest();
    }

    @Test
    void withoutAPidFileThereIsAnotherCure() throws Exception {
        boot("ExecStart=" + commandWithoutPidFile());
        SystemdMachine.Result refused = upgrade();
        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).contains("put ExitType=cgroup into the unit");
        assertActive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"app.service with a PID file", "app.service that lives with its group",
        "app.service that is told"})
    void unitsOfTheGuideFollow(String which) throws Exception {
        boolean byGroup = which.contains("group");
        Assumptions.assumeTrue(!byGroup || MACHINE.version() >= 250, "ExitType= needs systemd 250");
        Assumptions.assumeTrue(!which.contains("told") || MACHINE.version() >= 253, "notify-reload needs systemd 253");
        MACHINE.install(server.unit(), server.ofTheGuide(which, command()));
        MACHINE.systemctl("start", server.unit());
        server.awaitServing(0);
        for (int generation = 1; generation <= 3; generation++) {
            long now = upgrade(generation, "systemctl reload " + server.unit());
            assertThat(server.mainPid()).isEqualTo(byGroup ? 0 : now);
            assertActive();
        }
        assertStopsAfterTheLastRequest();
    }

    /// It is not told of a new main process by a server that has lost the address.
    @Test
    void aNotifyingUnitThatIsToldNothingFollowsItsPidFile() throws Exception {
        String start = "ExecStart=/bin/sh -c 'systemd-notify --ready; unset NOTIFY_SOCKET; exec " + command() + "'";
        boot("Type=notify", start, "NotifyAccess=all");
        SystemdMachine.Result refused = upgrade();
        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).contains("NOTIFY_SOCKET", "put PIDFile=" + server.pidFile());

        install("Type=notify", start, "PIDFile=" + server.pidFile());
        for (int generation = 1; generation <= 2; generation++) {
            assertThat(upgrade(generation, server.ecdysis("upgrade"))).isEqualTo(server.mainPid());
            assertActive();
        }
        assertStopsAfterTheLastRequest();
    }

    @Test
    void theOperatorKnowsBetter() throws Exception {
        boot("ExecStart=" + command(), "Environment=ECDYSIS_UNIT_FOLLOWS=yes", "KillMode=none");
        upgrade().orFail();
        MACHINE.await("systemd has ended it", () -> server.show("ActiveState").equals("inactive"));
    }

    @Test
    void withoutSystemctlNothingIsTried() throws Exception {
        assertRefusedWithoutAnAnswer("InaccessiblePaths=/usr/bin/systemctl", "systemctl");
    }

    @Test
    void whenSystemctlHangsNothingIsTried() throws Exception {
        Path hanging = Files.createDirectories(server.shared("hanging")).resolve("systemctl");
        Files.writeString(hanging, "#!/bin/sh\nexec sleep 1001\n");
        MACHINE.run("chmod", "755", hanging.toString()).orFail();
        assertRefusedWithoutAnAnswer("Environment=PATH=" + hanging.getParent() + ":/usr/bin:/bin",
                hanging + " did not answer within 2 s");
        // It may just be asked again.
        MACHINE.await("it is ended", () -> MACHINE.run("pgrep", "-f", "^sleep 1001$").status() != 0);
    }

    /// Even though it would follow.
    private void assertRefusedWithoutAnAnswer(String how, String why) throws Exception {
        boot("ExecStart=" + command(), "PIDFile=" + server.pidFile(), how);
        SystemdMachine.Result refused = upgrade();
        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).contains("it is not known whether systemd", why, "ECDYSIS_UNIT_FOLLOWS=yes");
        assertActive();
    }

    /// SYSTEMD_EXEC_PID and INVOCATION_ID have travelled to it, but it is somebody else's unit.
    @Test
    void whatAServiceStartsByTheWayIsNotConcerned() throws Exception {
        install("ExecStart=/bin/sh -c '" + command() + " & exec sleep infinity'");
        MACHINE.systemctl("start", server.unit());
        server.awaitServing(0);
        long agent = server.mainPid();
        for (int generation = 1; generation <= 2; generation++) {
            upgrade(generation, server.ecdysis("upgrade"));
            assertThat(server.mainPid()).isEqualTo(agent);
            assertActive();
        }
    }
}
