package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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

    private static final String CONTROL = "/run/app/ecdysis.sock";
    private static final String PID_FILE = "/run/app/app.pid";
    private static final AtomicInteger UNITS = new AtomicInteger();

    /// What an earlier test wrote to the journal is another one's.
    private final String unit = "told-" + UNITS.incrementAndGet() + ".service";
    private Path jar;

    @BeforeEach
    void theVersionIsKnown() throws IOException {
        Assumptions.assumeTrue(MACHINE.version() >= 253, "Type=notify-reload needs systemd 253");
        assertThat(MACHINE.version()).as("what else is asserted was measured with it").isGreaterThanOrEqualTo(257);
        jar = MACHINE.folder().resolve(unit + ".jar");
        Files.copy(Path.of(System.getProperty("ecdysis.examples.jar")), jar);
    }

    private static String ecdysis(String arguments) {
        return String.join(" ", Launch.JAVA, String.join(" ", Launch.LIGHT), "-jar",
                System.getProperty("ecdysis.demo.jar"), arguments, "--control", CONTROL);
    }

    private void boot(String type, String more, String options) throws Exception {
        install(type, more, options);
        MACHINE.systemctl("start", unit);
        assertServes(0);
    }

    private void install(String type, String more, String options) throws Exception {
        String server = String.join(" ", Launch.JAVA, String.join(" ", Launch.LIGHT), "-jar", jar.toString(),
                "http --listen tcp:127.0.0.1:8080 --drain 10s --control", CONTROL, "--pid-file", PID_FILE, options);
        MACHINE.install(unit, String.join("\n", "[Service]", "Type=" + type, "RuntimeDirectory=app",
                "ExecStart=" + server, "PIDFile=" + PID_FILE, more, ""));
    }

    private static String get() throws Exception {
        return MACHINE.run("bash", "-c",
                "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' >&3"
                        + " && cat <&3")
                .orFail();
    }

    private String show(String property) throws Exception {
        return MACHINE.show(unit, property);
    }

    private long mainPid() throws Exception {
        return Long.parseLong(show("MainPID"));
    }

    /// Without waiting: systemd and whoever looks at the PID file know it by now.
    private void assertServes(int generation) throws Exception {
        assertThat(show("ActiveState")).isEqualTo("active");
        assertThat(show("SubState")).isEqualTo("running");
        assertThat(show("StatusText")).contains("serving, generation " + generation);
        assertThat(Long.parseLong(MACHINE.run("cat", PID_FILE).orFail())).isEqualTo(mainPid());
        assertThat(get()).contains("200 OK");
        assertThat(MACHINE.sh(ecdysis("status --json")).orFail()).contains("\"generation\":" + generation,
                "\"pid\":" + mainPid());
    }

    private void assertStops() throws Exception {
        MACHINE.systemctl("stop", unit);
        assertThat(show("ActiveState")).isEqualTo("inactive");
        assertThat(show("Result")).isEqualTo("success");
        assertThat(show("NRestarts")).isEqualTo("0");
        assertThat(MACHINE.journal(unit)).contains("reason=stopped cut-off=0").doesNotContain("signal SIGKILL",
                "not our child", "reception only permitted");
    }

    /// Whoever is killed without a word does not answer the request that is in flight.
    private void assertStopsAfterTheLastRequest() throws Exception {
        String half = "exec 3<>/dev/tcp/127.0.0.1/8080; printf 'GET /stream?ms=1000 HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n'"
                + " >&3;"
                + " read -r -t 60 line <&3; systemctl stop --no-block " + unit + "; echo \"$line\"; timeout 60 cat <&3";
        assertThat(MACHINE.run("bash", "-c", half).orFail()).startsWith("HTTP/1.1 200 OK").endsWith("\n0");
        Await.until("it has stopped", () -> show("ActiveState").equals("inactive"));
        assertThat(show("Result")).isEqualTo("success");
        assertThat(show("NRestarts")).isEqualTo("0");
        assertThat(MACHINE.journal(unit)).contains("reason=stopped cut-off=0").doesNotContain("signal SIGKILL");
    }

    /// One request after the other, each on a connection of its own, until told to stop; then how many failed, and how
    /// many did not.
    private static final String CLIENT = """
            failed=0; answered=0
            while [ ! -e stop ]; do
              if exec 3<>/dev/tcp/127.0.0.1/8080 \\
                  && printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' >&3 \\
                  && answer=$(timeout 30 cat <&3) && [[ $answer == *"200 OK"* ]]; then
                answered=$((answered + 1))
              else
                failed=$((failed + 1))
              fi
              exec 3>&-
              [ $answered -lt 1 ] || touch begun
            done
            echo "failed=$failed answered=$answered" >count.new; mv count.new count
            """;

    private Path beginLoad() throws Exception {
        Path folder = Files.createDirectory(MACHINE.folder().resolve(unit + ".load"));
        Files.writeString(folder.resolve("client"), CLIENT);
        MACHINE.run("systemd-run", "--collect", "--working-directory=" + folder, "bash", "client").orFail();
        Await.until("requests are answered", () -> Files.exists(folder.resolve("begun")));
        return folder;
    }

    private static void assertNoneFailed(Path load) throws Exception {
        Files.createFile(load.resolve("stop"));
        Await.until("the client has ended", () -> Files.exists(load.resolve("count")));
        assertThat(Files.readString(load.resolve("count"))).startsWith("failed=0 answered=");
    }

    @Test
    void aReloadIsAnUpgrade() throws Exception {
        boot("notify-reload", "", "--probation 100ms");
        Path load = beginLoad();
        for (int generation = 1; generation <= 10; generation++) {
            long old = mainPid();
            MACHINE.systemctl("reload", unit);
            assertThat(mainPid()).isNotEqualTo(old);
            assertServes(generation);
        }
        assertNoneFailed(load);
        assertStops();
    }

    /// `systemctl status` shows it, for as long as the unit has failed.
    @Test
    void aServerThatCannotStartSaysWhy() throws Exception {
        String socket = unit.replace(".service", "-taken.socket");
        MACHINE.install(unit.replace(".service", "-taken.service"), "[Service]\nExecStart=/bin/true\n");
        MACHINE.install(socket, "[Socket]\nListenStream=127.0.0.1:8080\n");
        MACHINE.systemctl("start", socket);
        install("notify-reload", "", "");
        assertThat(MACHINE.run("systemctl", "start", unit).status()).isNotZero();
        assertThat(show("StatusErrno")).isEqualTo("98");
        assertThat(show("StatusText")).contains("not started: ", "127.0.0.1:8080", "EADDRINUSE");
        MACHINE.systemctl("stop", socket);
        MACHINE.systemctl("start", unit);
        assertThat(show("StatusErrno")).isEqualTo("0");
        assertServes(0);
    }

    /// Longer than systemd would wait, by what it is told meanwhile.
    @Test
    void aSlowStartAndASlowUpgradeAreWaitedFor() throws Exception {
        boot("notify-reload", "TimeoutStartSec=2s\nWatchdogSec=2s", "--probation 4s --init-delay 4s");
        MACHINE.systemctl("reload", unit);
        assertThat(show("ReloadResult")).isEqualTo("success");
        assertServes(1);
        MACHINE.systemctl("reload", unit);
        assertServes(2);
        assertThat(show("NRestarts")).isEqualTo("0");
        assertStops();
    }

    /// Who hangs is ended, also in a later generation than the one that WATCHDOG_PID names.
    @Test
    void theWatchdogEndsASuccessorThatHangs() throws Exception {
        boot("notify-reload", "WatchdogSec=2s", "--probation 100ms");
        MACHINE.systemctl("reload", unit);
        assertServes(1);
        MACHINE.run("kill", "-STOP", Long.toString(mainPid())).orFail();
        Await.until("it is ended", () -> show("Result").equals("watchdog"));
    }

    /// The reload itself cannot fail: its outcome is in the status, and in the journal.
    private void assertReloadsInVain(String... why) throws Exception {
        long main = mainPid();
        MACHINE.systemctl("reload", unit);
        assertThat(mainPid()).isEqualTo(main);
        assertServes(0);
        assertThat(show("StatusText")).contains(why);
        assertThat(show("Result")).isEqualTo("success");
    }

    @Test
    void aReloadThatComesToNothingSaysWhy() throws Exception {
        Path fault = MACHINE.folder().resolve(unit + ".fault");
        boot("notify-reload", "", "--probation 3s --fault-file " + fault);

        Files.writeString(fault, "exit:7");
        assertReloadsInVain("the upgrade to generation 1 failed", "exit status 7");
        Files.writeString(fault, "die-after-cutover:50ms");
        assertReloadsInVain("the upgrade to generation 1 was rolled back", "ended on probation");
        Files.delete(fault);
        byte[] whole = Files.readAllBytes(jar);
        Files.write(jar, Arrays.copyOf(whole, whole.length / 2));
        assertReloadsInVain("the upgrade to generation 1 was refused", jar.toString());
        Files.write(jar, whole);

        MACHINE.systemctl("reload", unit);
        assertServes(1);
        assertThat(show("StatusText")).doesNotContain("refused");
        assertStops();
    }

    /// A signal that is remembered, or not heeded, ends the reload that sent it.
    @Test
    void noReloadIsWaitedForForEver() throws Exception {
        boot("notify-reload", "", "--probation 100ms --max-draining 1 --drain 60s --idle-grace 60s");
        Path answered = MACHINE.folder().resolve(unit + ".answered");
        MACHINE.run("systemd-run", "--collect", "--unit=keeps-" + unit, "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080;"
                + " printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n' >&3; head -n 1 <&3 >" + answered + "; cat <&3")
                .orFail();
        try {
            Await.until("it is connected", () -> Files.exists(answered) && Files.size(answered) > 0);
            MACHINE.systemctl("reload", unit);
            long main = mainPid();
            MACHINE.systemctl("reload", unit);
            assertThat(mainPid()).isEqualTo(main);
            assertThat(show("StatusText")).contains("generation 0 drains", "remembered until");
            assertThat(show("ReloadResult")).isEqualTo("success");
        } finally {
            MACHINE.systemctl("stop", "keeps-" + unit);
        }
        Await.until("the remembered one is made", () -> show("StatusText").contains("serving, generation 2"));
        Await.until("it is over", () -> show("ActiveState").equals("active"));
        assertServes(2);
    }

    @Test
    void theCommandLinesReloadFailsWhenTheUpgradeDoes() throws Exception {
        Path fault = MACHINE.folder().resolve(unit + ".fault");
        boot("notify", "ExecReload=" + ecdysis("upgrade"), "--probation 1s --fault-file " + fault);
        long main = mainPid();
        for (String mode : List.of("exit:7", "die-after-cutover:50ms")) {
            Files.writeString(fault, mode);
            assertThat(MACHINE.run("systemctl", "reload", unit).status()).isNotZero();
            assertThat(show("ReloadResult")).isEqualTo("exit-code");
            assertThat(mainPid()).isEqualTo(main);
            assertServes(0);
        }
        Files.delete(fault);
        MACHINE.systemctl("reload", unit);
        assertThat(mainPid()).isNotEqualTo(main);
        assertServes(1);
        assertStops();
    }

    /// Nobody else could name it: systemd looks into the PID file. It must find a child of its own there, which has time to
    /// end what it began when the unit is stopped.
    @Test
    void aPredecessorThatIsKilledOnProbationLeavesTheSuccessor() throws Exception {
        boot("notify-reload", "", "--probation 60s");
        long old = mainPid();
        MACHINE.systemctl("reload", "--no-block", unit);
        Await.until("the new one serves", () -> MACHINE.journal(unit).contains("serving generation=1 "));
        MACHINE.run("kill", "-KILL", Long.toString(old)).orFail();
        Await.until("it says that it is alone", () -> show("StatusText").contains("serving, generation 1"));
        assertThat(mainPid()).isNotIn(old, 0L);
        assertServes(1);
        assertThat(MACHINE.run("ps", "-o", "ppid=", "-p", show("MainPID")).orFail()).isEqualTo("1");
        assertStopsAfterTheLastRequest();
    }

    @Test
    void aStopDuringAnUpgradeStopsBoth() throws Exception {
        boot("notify-reload", "", "--probation 20s");
        MACHINE.systemctl("reload", "--no-block", unit);
        Await.until("the new one serves", () -> MACHINE.journal(unit).contains("serving generation=1 "));
        MACHINE.systemctl("stop", unit);
        assertThat(show("Result")).isEqualTo("success");
        assertThat(MACHINE.journal(unit)).doesNotContain("SIGKILL");
    }
}
