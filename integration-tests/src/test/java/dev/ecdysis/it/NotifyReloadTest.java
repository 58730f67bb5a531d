package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What a real systemd is told of an upgrade, and makes of it.
@Tag("slow")
class NotifyReloadTest {
    @RegisterExtension
    static final SystemdMachine MACHINE = new SystemdMachine();

    private final SystemdServer server = new SystemdServer(MACHINE, "told");

    @BeforeEach
    void theVersionIsKnown() {
        Assumptions.assumeTrue(MACHINE.version() >= 253, "Type=notify-reload needs systemd 253");
        assertThat(MACHINE.version()).as("what else is asserted was measured with it").isGreaterThanOrEqualTo(257);
    }

    @Test
    void aReloadIsAnUpgrade() throws Exception {
        server.start("notify-reload", "--probation 100ms");
        server.assertReloadsLoseNothing(10);
        assertThat(MACHINE.sh(server.ecdysis("status --json")).orFail()).contains("\"generation\":10",
                "\"pid\":" + server.mainPid());
        server.assertStops();
        assertThat(server.journal()).doesNotContain("not our child", "reception only permitted");
    }

    /// `systemctl status` shows it, for as long as the unit has failed.
    @Test
    void aServerThatCannotStartSaysWhy() throws Exception {
        String taken = server.name() + "-taken";
        MACHINE.install(taken + ".service", "[Service]\nExecStart=/bin/true\n");
        MACHINE.install(taken + ".socket", "[Socket]\nListenStream=127.0.0.1:" + server.port() + "\n");
        MACHINE.systemctl("start", taken + ".socket");
        server.install("Type=notify-reload", "ExecStart=" + server.command(""));
        assertThat(MACHINE.run("systemctl", "start", server.unit()).status()).isNotZero();
        assertThat(server.show("StatusErrno")).isEqualTo("98");
        assertThat(server.show("StatusText")).contains("not started: ", "127.0.0.1:" + server.port(), "EADDRINUSE");
        MACHINE.systemctl("stop", taken + ".socket");
        MACHINE.systemctl("start", server.unit());
        assertThat(server.show("StatusErrno")).isEqualTo("0");
        server.assertServes(0);
    }

    /// Who hangs is ended, also in a later generation than the one that WATCHDOG_PID names.
    @Test
    void theWatchdogEndsASuccessorThatHangs() throws Exception {
        server.start("notify-reload", "--probation 100ms", "WatchdogSec=2s");
        server.reload();
        server.assertServes(1);
        MACHINE.run("kill", "-STOP", Long.toString(server.mainPid())).orFail();
        MACHINE.await("it is ended", () -> server.show("Result").equals("watchdog"));
    }

    /// The reload itself cannot fail: its outcome is in the status, and in the journal.
    private void assertReloadsInVain(String... why) throws Exception {
        long main = server.mainPid();
        server.reload();
        assertThat(server.mainPid()).isEqualTo(main);
        server.assertServes(0);
        assertThat(server.show("StatusText")).contains(why);
    }

    @Test
    void aReloadThatComesToNothingSaysWhy() throws Exception {
        Path fault = server.shared("fault");
        Path jar = server.shared("jar");
        Files.copy(Path.of(System.getProperty("ecdysis.examples.jar")), jar);
        server.install("Type=notify-reload",
                "ExecStart=" + server.command(jar.toString(), "--probation 3s --fault-file " + fault));
        MACHINE.systemctl("start", server.unit());

        Files.writeString(fault, "exit:7");
        assertReloadsInVain("the upgrade to generation 1 failed", "exit status 7");
        Files.writeString(fault, "die-after-cutover:50ms");
        assertReloadsInVain("the upgrade to generation 1 was rolled back", "ended on probation");
        Files.delete(fault);
        byte[] whole = Files.readAllBytes(jar);
        Files.write(jar, Arrays.copyOf(whole, whole.length / 2));
        assertReloadsInVain("the upgrade to generation 1 was refused", jar.toString());
        Files.write(jar, whole);

        server.reload();
        server.assertServes(1);
        assertThat(server.show("StatusText")).doesNotContain("refused");
        server.assertStops();
    }

    /// A signal that is remembered, or not heeded, ends the reload that sent it.
    @Test
    void noReloadIsWaitedForForEver() throws Exception {
        server.start("notify-reload", "--probation 100ms --max-draining 1 --drain 60s --idle-grace 60s");
        Path answered = server.shared("answered");
        String keeps = "keeps-" + server.name();
        MACHINE.begin(keeps, "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + server.port()
                + "; printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n' >&3; head -n 1 <&3 >" + answered + "; cat <&3");
        Await.until("it is connected", () -> Files.exists(answered) && Files.size(answered) > 0);
        server.reload();
        long main = server.mainPid();
        server.reload();
        assertThat(server.mainPid()).isEqualTo(main);
        assertThat(server.show("StatusText")).contains("generation 0 drains", "remembered until");
        assertThat(server.show("ReloadResult")).isEqualTo("success");
        MACHINE.systemctl("stop", keeps);
        MACHINE.await("the remembered one is made", () -> server.show("StatusText").contains("serving, generation 2"));
        MACHINE.await("it is over", () -> server.show("ActiveState").equals("active"));
        server.assertServes(2);
    }

    @Test
    void theCommandLinesReloadFailsWhenTheUpgradeDoes() throws Exception {
        Path fault = server.shared("fault");
        server.start("notify", "--probation 1s --fault-file " + fault, "ExecReload=" + server.ecdysis("upgrade"));
        long main = server.mainPid();
        for (String mode : List.of("exit:7", "die-after-cutover:50ms")) {
            Files.writeString(fault, mode);
            assertThat(MACHINE.run("systemctl", "reload", server.unit()).status()).isNotZero();
            assertThat(server.show("ReloadResult")).isEqualTo("exit-code");
            assertThat(server.mainPid()).isEqualTo(main);
            server.assertServes(0);
        }
        Files.delete(fault);
        server.reload();
        assertThat(server.mainPid()).isNotEqualTo(main);
        server.assertServes(1);
        server.assertStops();
        assertThat(server.journal()).doesNotContain("not our child", "reception only permitted");
    }

    /// Nobody else could name it: systemd looks into the PID file. It must find a child of its own there, which has time to
    /// end what it began when the unit is stopped.
    @Test
    void aPredecessorThatIsKilledOnProbationLeavesTheSuccessor() throws Exception {
        server.start("notify-reload", "--probation 60s");
        long old = server.mainPid();
        server.beginUpgrade();
        MACHINE.run("kill", "-KILL", Long.toString(old)).orFail();
        MACHINE.await("it says that it is alone", () -> server.show("StatusText").contains("serving, generation 1"));
        assertThat(server.mainPid()).isNotEqualTo(old);
        server.assertServes(1);
        assertThat(MACHINE.run("ps", "-o", "ppid=", "-p", server.show("MainPID")).orFail()).isEqualTo("1");
        server.assertStopsAfterTheLastRequest();
    }
}
