package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The units in `docs/systemd`, as they stand there but for the user and what is started, in a real systemd.
@Tag("slow")
class SystemdUnitFilesTest {
    @RegisterExtension
    static final SystemdMachine MACHINE = new SystemdMachine();

    private static final Path DOCUMENTS = Path.of(System.getProperty("ecdysis.home", "..")).resolve("docs/systemd");
    private static final AtomicInteger UNITS = new AtomicInteger();

    /// What an earlier test wrote to the journal is another one's.
    private final String name = "documented" + UNITS.incrementAndGet();

    private static String java(String jar, String arguments) {
        return String.join(" ", Launch.JAVA, String.join(" ", Launch.LIGHT), "-jar", System.getProperty(jar),
                arguments);
    }

    private static String server(String folder, String port) {
        return java("ecdysis.examples.jar", "http --listen tcp:127.0.0.1:" + port + " --control /run/" + folder
                + "/ecdysis.sock --pid-file /run/" + folder + "/app.pid --probation 100ms --drain 10s");
    }

    /// @param folder of the server, below `/run`
    private static String text(String file, String folder, String port) throws IOException {
        Assumptions.assumeTrue(MACHINE.version() >= 253 || file.equals("notify.service"),
                "notify-reload needs systemd 253");
        return Files.readString(DOCUMENTS.resolve(file))
                .replace("/usr/bin/java -jar /srv/app/current/app.jar", server(folder, port))
                .replace("/usr/local/bin/ecdysis upgrade", java("ecdysis.demo.jar", "upgrade"))
                .replace("User=app\n", "User=nobody\n").replace("WorkingDirectory=/srv/app/current\n", "");
    }

    private static void start(String unit) throws Exception {
        SystemdMachine.Result started = MACHINE.run("systemctl", "start", unit);
        assertThat(started.status()).as(started.err() + MACHINE.journal(unit)).isZero();
    }

    private static long mainPid(String unit) throws Exception {
        return Long.parseLong(MACHINE.show(unit, "MainPID"));
    }

    private static String get(int port) throws Exception {
        return MACHINE.run("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + port
                + " && printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' >&3 && cat <&3")
                .orFail();
    }

    private static void assertFollows(String unit, String folder, int port) throws Exception {
        long before = mainPid(unit);
        for (int generation = 1; generation <= 3; generation++) {
            MACHINE.systemctl("reload", unit);
            assertThat(MACHINE.show(unit, "ActiveState")).isEqualTo("active");
            long now = mainPid(unit);
            assertThat(now).as(MACHINE.journal(unit) + MACHINE.show(unit, "StatusText")).isNotEqualTo(before);
            assertThat(MACHINE.run("cat", "/run/" + folder + "/app.pid").orFail()).isEqualTo(Long.toString(now));
            assertThat(get(port)).contains("200 OK");
            before = now;
        }
        assertThat(MACHINE.show(unit, "NRestarts")).isEqualTo("0");
    }

    private static void assertStopsInOrder(String unit) throws Exception {
        MACHINE.systemctl("stop", unit);
        assertThat(MACHINE.show(unit, "Result")).isEqualTo("success");
        assertThat(MACHINE.show(unit, "ExecMainStatus")).isEqualTo("0");
        assertThat(MACHINE.journal(unit)).contains("reason=stopped cut-off=0").doesNotContain("SIGKILL",
                "not our child", "status=9/KILL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"notify-reload.service", "notify.service", "hardened.service"})
    void followsThreeReloadsAndStops(String file) throws Exception {
        String unit = name + ".service";
        MACHINE.install(unit, text(file, "app", "8080"));
        start(unit);
        assertThat(get(8080)).contains("200 OK");
        assertFollows(unit, "app", 8080);
        assertStopsInOrder(unit);
    }

    @Test
    void theTemplateServesSeveral() throws Exception {
        MACHINE.install(name + "@.service", text("template@.service", "app-%i", "%i").replace(" %i\n", "\n"));
        for (int port : new int[] {8081, 8082}) {
            start(name + "@" + port);
        }
        assertFollows(name + "@8081", "app-8081", 8081);
        assertThat(get(8082)).contains("200 OK");
        assertStopsInOrder(name + "@8081");
        assertStopsInOrder(name + "@8082");
    }

    @Test
    void theSocketUnitStartsItAndKeepsThePort() throws Exception {
        String unit = name + ".service";
        MACHINE.install(name + ".socket", Files.readString(DOCUMENTS.resolve("socket-activated.socket")));
        MACHINE.install(unit, text("socket-activated.service", "app", "8080"));
        MACHINE.systemctl("start", name + ".socket");
        assertThat(get(8080)).contains("200 OK");
        assertFollows(unit, "app", 8080);
        assertStopsInOrder(unit);
        assertThat(get(8080)).as("it is started again").contains("200 OK");
        MACHINE.systemctl("stop", name + ".socket", unit);
    }

    @Test
    void theSocketsSurviveACrash() throws Exception {
        String unit = name + ".service";
        MACHINE.install(unit, text("crash-proof.service", "app", "8080").replace(" --drain", " --fd-store --drain"));
        start(unit);
        assertFollows(unit, "app", 8080);
        Await.until("systemd has the socket", () -> MACHINE.show(unit, "NFileDescriptorStore").equals("1"));
        MACHINE.systemctl("kill", "--signal=SIGKILL", "--kill-whom=main", unit);
        assertThat(get(8080)).as("it waits until there is a server again").contains("200 OK");
        assertThat(MACHINE.show(unit, "NRestarts")).isEqualTo("1");
        MACHINE.systemctl("stop", unit);
        assertThat(MACHINE.show(unit, "Result")).isEqualTo("success");
    }

    /// The command line prints what is in the documents.
    @Test
    void thePrintedOneIsTheSame() throws Exception {
        String printed = MACHINE
                .sh(java("ecdysis.demo.jar", "systemd-unit -- /usr/bin/java -jar /srv/app/current/app.jar"))
                .orFail();
        assertThat(printed).contains("Type=notify-reload", "PIDFile=/run/app/app.pid",
                "ExecStart=/usr/bin/java -jar /srv/app/current/app.jar");
    }
}
