package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a real systemd does with a unit whose server is upgraded.
@Tag("slow")
class SystemdTest {
    @RegisterExtension
    static final SystemdMachine MACHINE = new SystemdMachine();

    private static final Path GUIDE = Path.of(System.getProperty("ecdysis.home", "..")).resolve("docs/operating.md");
    private static final String CONTROL = "/run/app/ecdysis.sock";
    private static final String PID_FILE = "/run/app/app.pid";
    private static final AtomicInteger UNITS = new AtomicInteger();

    /// What an earlier test wrote to the journal is another one's.
    private final String unit = "app-" + UNITS.incrementAndGet() + ".service";

    private static String server() {
        return String.join(" ", Launch.JAVA, String.join(" ", Launch.LIGHT), "-jar",
                System.getProperty("ecdysis.examples.jar"), "http --listen tcp:127.0.0.1:8080 --control " + CONTROL,
                "--probation 100ms --drain 10s");
    }

    private static String ecdysis(String arguments) {
        return String.join(" ", Launch.JAVA, String.join(" ", Launch.LIGHT), "-jar",
                System.getProperty("ecdysis.demo.jar"), arguments);
    }

    private static String text(String... lines) {
        return "[Service]\nRuntimeDirectory=app\nExecReload=/bin/kill -HUP $MAINPID\n" + String.join("\n", lines)
                + "\n";
    }

    /// With `--pid-file`.
    private static String start() {
        return "ExecStart=" + server() + " --pid-file " + PID_FILE;
    }

    /// What the guide shows under this word, with the paths of this test.
    private static String fromTheGuide(String marker) throws IOException {
        Matcher block = Pattern.compile("^```\\n(# " + Pattern.quote(marker) + "\\n.*?)^```$",
                Pattern.MULTILINE | Pattern.DOTALL).matcher(Files.readString(GUIDE));
        assertThat(block.find()).as("the guide shows " + marker).isTrue();
        return block.group(1)
                .replace("/usr/bin/java -jar /srv/app/current/app.jar", server() + " --pid-file " + PID_FILE)
                .replace("/usr/local/bin/ecdysis", ecdysis("").strip())
                .replace("User=app\n", "User=nobody\n").replace("WorkingDirectory=/srv/app/current\n", "");
    }

    private void boot(String text) throws Exception {
        MACHINE.install(unit, text);
        MACHINE.systemctl("start", unit);
        awaitServing(0);
    }

    private void awaitServing(int generation) throws Exception {
        Await.until("generation " + generation + " serves",
                () -> MACHINE.journal(unit).contains("serving generation=" + generation + " "));
    }

    private static String get() throws Exception {
        return MACHINE.run("bash", "-c",
                "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' >&3"
                        + " && cat <&3")
                .orFail();
    }

    private long mainPid() throws Exception {
        return Long.parseLong(MACHINE.show(unit, "MainPID"));
    }

    private static long pidFile() throws Exception {
        return Long.parseLong(MACHINE.run("cat", PID_FILE).orFail());
    }

    /// Upgrades, waits until the old process has gone, and returns the new one.
    private long upgrade(int generation, String how) throws Exception {
        long old = pidFile();
        MACHINE.sh(how).orFail();
        awaitServing(generation);
        Await.until("process " + old + " has gone", () -> MACHINE.sh("test ! -e /proc/" + old + "/exe").status() == 0);
        long now = pidFile();
        assertThat(now).isNotEqualTo(old);
        return now;
    }

    private void assertActive() throws Exception {
        assertThat(MACHINE.show(unit, "ActiveState")).isEqualTo("active");
        assertThat(get()).contains("200 OK");
    }

    /// A request is in flight: whoever is killed without a word does not answer it.
    private void assertStopsAfterTheLastRequest() throws Exception {
        String half = "exec 3<>/dev/tcp/127.0.0.1/8080; printf 'GET /stream?ms=1000 HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n'"
                + " >&3;"
                + " read -r -t 60 line <&3; systemctl stop --no-block " + unit + "; echo \"$line\"; timeout 60 cat <&3";
        assertThat(MACHINE.run("bash", "-c", half).orFail()).startsWith("HTTP/1.1 200 OK").endsWith("\n0");
        Await.until("it has stopped", () -> MACHINE.show(unit, "ActiveState").equals("inactive"));
        assertThat(MACHINE.show(unit, "Result")).isEqualTo("success");
        assertThat(MACHINE.journal(unit)).contains("reason=stopped cut-off=0").doesNotContain("SIGKILL",
                "not our child");
        assertThat(MACHINE.sh("test -e " + PID_FILE).status()).isNotZero();
    }

    @Test
    void theSimplestUnitIsToldHowToBeUpgraded() throws Exception {
        boot(text(start()));
        long first = mainPid();

        SystemdMachine.Result refused = MACHINE.sh(ecdysis("upgrade --control " + CONTROL));

        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).contains("systemd would end the new version", unit, "Type=simple",
                "put PIDFile=" + PID_FILE + " into the unit, then systemctl daemon-reload");
        assertThat(mainPid()).isEqualTo(first);
        assertActive();
        MACHINE.systemctl("reload", unit);
        assertThat(MACHINE.sh(ecdysis("status --control " + CONTROL)).orFail())
                .contains("upgrades are refused: systemd would end");
        SystemdMachine.Result doctor = MACHINE.sh(ecdysis("doctor --control " + CONTROL));
        assertThat(doctor.status()).isEqualTo(1);
        assertThat(doctor.out()).contains("systemd would end the new version");
        assertActive();

        // The cure, while it runs.
        MACHINE.install(unit, text(start(), "PIDFile=" + PID_FILE));
        assertThat(upgrade(1, ecdysis("upgrade --control " + CONTROL))).isEqualTo(mainPid());
        assertActive();
        assertThat(MACHINE.sh(ecdysis("status --control " + CONTROL)).orFail()).doesNotContain("refused");
        assertStopsAfterTheLastRequest();
    }

    @Test
    void withoutAPidFileThereIsAnotherCure() throws Exception {
        boot(text("ExecStart=" + server()));
        SystemdMachine.Result refused = MACHINE.sh(ecdysis("upgrade --control " + CONTROL));
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
        boot(fromTheGuide(which));
        for (int generation = 1; generation <= 3; generation++) {
            long now = upgrade(generation, "systemctl reload " + unit);
            assertThat(mainPid()).isEqualTo(byGroup ? 0 : now);
            assertActive();
        }
        assertStopsAfterTheLastRequest();
    }

    /// It is not told of a new main process by a server that has lost the address.
    @Test
    void aNotifyingUnitThatIsToldNothingFollowsItsPidFile() throws Exception {
        String[] lines = {"Type=notify", "ExecStart=/bin/sh -c 'systemd-notify --ready; unset NOTIFY_SOCKET; exec "
                + start().substring("ExecStart=".length()) + "'"};
        boot(text(String.join("\n", lines), "NotifyAccess=all"));
        SystemdMachine.Result refused = MACHINE.sh(ecdysis("upgrade --control " + CONTROL));
        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).contains("NOTIFY_SOCKET", "put PIDFile=" + PID_FILE);

        MACHINE.install(unit, text(String.join("\n", lines), "PIDFile=" + PID_FILE));
        for (int generation = 1; generation <= 2; generation++) {
            assertThat(upgrade(generation, ecdysis("upgrade --control " + CONTROL))).isEqualTo(mainPid());
            assertActive();
        }
        assertStopsAfterTheLastRequest();
    }

    @Test
    void theOperatorKnowsBetter() throws Exception {
        boot(text(start(), "Environment=ECDYSIS_UNIT_FOLLOWS=yes", "KillMode=none"));
        MACHINE.sh(ecdysis("upgrade --control " + CONTROL)).orFail();
        Await.until("systemd has ended it", () -> MACHINE.show(unit, "ActiveState").equals("inactive"));
    }

    @Test
    void withoutSystemctlNothingIsTried() throws Exception {
        assertRefusedWithoutAnAnswer("InaccessiblePaths=/usr/bin/systemctl", "systemctl");
    }

    @Test
    void whenSystemctlHangsNothingIsTried() throws Exception {
        Path hanging = Files.createDirectories(MACHINE.folder().resolve("hanging")).resolve("systemctl");
        Files.writeString(hanging, "#!/bin/sh\nexec sleep 1000\n");
        MACHINE.run("chmod", "755", hanging.toString()).orFail();
        assertRefusedWithoutAnAnswer("Environment=PATH=" + hanging.getParent() + ":/usr/bin:/bin",
                hanging + " did not answer within 2 s");
        // It may just be asked again.
        Await.until("it is ended", () -> MACHINE.run("pgrep", "-x", "sleep").status() != 0);
    }

    /// Even though it would follow.
    private void assertRefusedWithoutAnAnswer(String how, String why) throws Exception {
        boot(text(start(), "PIDFile=" + PID_FILE, how));
        SystemdMachine.Result refused = MACHINE.sh(ecdysis("upgrade --control " + CONTROL));
        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).contains("it is not known whether systemd", why, "ECDYSIS_UNIT_FOLLOWS=yes");
        assertActive();
    }

    /// SYSTEMD_EXEC_PID and INVOCATION_ID have travelled to it, but it is somebody else's unit.
    @Test
    void whatAServiceStartsByTheWayIsNotConcerned() throws Exception {
        MACHINE.install(unit, text("ExecStart=/bin/sh -c '" + server() + " --pid-file " + PID_FILE
                + " & exec sleep infinity'"));
        MACHINE.systemctl("start", unit);
        awaitServing(0);
        long agent = mainPid();
        for (int generation = 1; generation <= 2; generation++) {
            upgrade(generation, ecdysis("upgrade --control " + CONTROL));
            assertThat(mainPid()).isEqualTo(agent);
            assertActive();
        }
    }
}
