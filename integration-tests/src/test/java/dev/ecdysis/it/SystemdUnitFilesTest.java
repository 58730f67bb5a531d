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

/// The units in `docs/systemd`, as they stand there but for the user and what is started, in a real systemd.
@Tag("slow")
class SystemdUnitFilesTest {
    @RegisterExtension
    static final SystemdMachine MACHINE = new SystemdMachine();

    /// What is started lies here, which may be below a `/tmp` that a private one would hide.
    private static final Path HOME = Path.of(System.getProperty("ecdysis.home", "..")).toAbsolutePath().normalize();
    private static final Path DOCUMENTS = HOME.resolve("docs/systemd");

    private final SystemdServer server = new SystemdServer(MACHINE, "documented");

    private static void assumeItIsKnown(String file) {
        Assumptions.assumeTrue(MACHINE.version() >= 253 || file.equals("notify.service"),
                "notify-reload needs systemd 253");
    }

    private void install(String file, String options) throws Exception {
        assumeItIsKnown(file);
        MACHINE.install(server.unit(),
                server.documented(Files.readString(DOCUMENTS.resolve(file)), server.command(options))
                        .replace("PrivateTmp=yes\n", "PrivateTmp=yes\nBindReadOnlyPaths=" + HOME + "\n"));
    }

    private void start() throws Exception {
        SystemdMachine.Result started = MACHINE.run("systemctl", "start", server.unit());
        assertThat(started.status()).as(started.err() + server.journal()).isZero();
        server.assertServes(0);
    }

    private static void assertFollows(SystemdServer one, String pidFile) throws Exception {
        for (int generation = 1; generation <= 3; generation++) {
            long before = one.mainPid();
            one.reload();
            long now = one.mainPid();
            assertThat(now).as(one.journal() + one.show("StatusText")).isNotEqualTo(before);
            assertThat(MACHINE.run("cat", pidFile).orFail()).isEqualTo(Long.toString(now));
            assertThat(one.get()).contains("200 OK", "X-Generation: " + generation, "X-Pid: " + now);
        }
        assertThat(one.properties("ActiveState", "NRestarts")).containsEntry("ActiveState", "active")
                .containsEntry("NRestarts", "0");
    }

    private static void assertStopsInOrder(SystemdServer one) throws Exception {
        MACHINE.systemctl("stop", one.unit());
        assertThat(one.properties("Result", "ExecMainStatus")).containsEntry("Result", "success")
                .containsEntry("ExecMainStatus", "0");
        assertThat(one.journal()).contains("reason=stopped cut-off=0").doesNotContain("SIGKILL", "not our child",
                "status=9/KILL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"notify-reload.service", "notify.service", "hardened.service"})
    void followsThreeReloadsAndStops(String file) throws Exception {
        install(file, "--probation 100ms");
        start();
        assertFollows(server, server.pidFile());
        assertStopsInOrder(server);
    }

    @Test
    void theTemplateServesSeveral() throws Exception {
        assumeItIsKnown("template@.service");
        String template = server.name() + "@";
        SystemdServer[] instances = {server.instance(template), server.instance(template)};
        String folder = "/run/" + server.name() + "-%i";
        String command = server.command("--probation 100ms").replace(":" + server.port() + " ", ":%i ")
                .replace("/run/" + server.name() + "/", folder + "/");
        MACHINE.install(template + ".service", Files.readString(DOCUMENTS.resolve("template@.service"))
                .replace("/usr/bin/java -jar /srv/app/current/app.jar %i", command)
                .replace("/run/app-%i", folder).replace("=app-%i\n", "=" + server.name() + "-%i\n")
                .replace("User=app\n", "User=nobody\n").replace("WorkingDirectory=/srv/app/current\n", ""));
        for (SystemdServer one : instances) {
            MACHINE.systemctl("start", one.unit());
        }
        assertFollows(instances[0], folder.replace("%i", Integer.toString(instances[0].port())) + "/app.pid");
        assertThat(instances[1].get()).contains("200 OK", "X-Generation: 0");
        for (SystemdServer one : instances) {
            assertStopsInOrder(one);
        }
    }

    /// As the command line prints them.
    @Test
    void theSocketUnitStartsItAndKeepsThePort() throws Exception {
        assumeItIsKnown("socket-activated.service");
        MACHINE.install(server.socket(), printed("--kind socket --listen " + server.port()));
        MACHINE.install(server.unit(), printed("--kind socket-activated --user nobody -- "
                + server.command("--probation 100ms").replace("tcp:127.0.0.1:" + server.port(), "systemd:http")));
        MACHINE.systemctl("start", server.socket());
        assertThat(server.get()).contains("200 OK", "X-Generation: 0");
        assertFollows(server, server.pidFile());
        assertStopsInOrder(server);
        assertThat(server.get()).as("it is started again").contains("200 OK");
        MACHINE.systemctl("stop", server.socket(), server.unit());
    }

    private String printed(String arguments) throws Exception {
        return MACHINE.sh(SystemdServer.java(System.getProperty("ecdysis.demo.jar"),
                "systemd-unit --name " + server.name() + " " + arguments)).orFail() + "\n";
    }

    @Test
    void theSocketsSurviveACrash() throws Exception {
        install("crash-proof.service", "--probation 100ms --fd-store");
        start();
        assertFollows(server, server.pidFile());
        MACHINE.await("systemd has the socket", () -> server.show("NFileDescriptorStore").equals("1"));
        MACHINE.systemctl("kill", "--signal=SIGKILL", "--kill-whom=main", server.unit());
        assertThat(server.get()).as("it waits until there is a server again").contains("200 OK");
        assertThat(server.show("NRestarts")).isEqualTo("1");
        MACHINE.systemctl("stop", server.unit());
        assertThat(server.show("Result")).isEqualTo("success");
    }
}
