package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Servers whose listening sockets a real systemd has opened, and holds whatever becomes of them.
@Tag("slow")
@Timeout(300)
class SystemdSocketTest {
    @RegisterExtension
    static final SystemdMachine MACHINE = new SystemdMachine();

    private static final Path GUIDE = Path.of(System.getProperty("ecdysis.home", "..")).resolve("docs/operating.md");
    private static final String CONTROL = "/run/app/ecdysis.sock";
    private static final String PID_FILE = "/run/app/app.pid";
    private static final AtomicInteger UNITS = new AtomicInteger();

    /// What an earlier test wrote to the journal is another one's.
    private final String name = "activated-" + UNITS.incrementAndGet();
    private final String service = name + ".service";
    private final String socket = name + ".socket";
    /// Shared with this machine: load comes from outside.
    private final Path path = MACHINE.folder().resolve(name + ".sock");

    private static String java(String jar, String arguments) {
        return String.join(" ", Launch.JAVA, String.join(" ", Launch.LIGHT), "-jar", System.getProperty(jar),
                arguments);
    }

    private static String upgrade() {
        return java("ecdysis.demo.jar", "upgrade --wait-drain --control " + CONTROL);
    }

    private static String server(String listen) {
        return java("ecdysis.examples.jar", "http " + listen + " --control " + CONTROL + " --pid-file " + PID_FILE
                + " --probation 100ms --drain 10s");
    }

    /// What the guide shows under this word, with the paths of this test.
    private static String fromTheGuide(String marker) throws IOException {
        Matcher block = Pattern.compile("^```\\n(# " + Pattern.quote(marker) + "\\n.*?)^```$",
                Pattern.MULTILINE | Pattern.DOTALL).matcher(Files.readString(GUIDE));
        assertThat(block.find()).as("the guide shows " + marker).isTrue();
        return block.group(1).replace("/usr/bin/java -jar /srv/app/current/app.jar", server("--listen systemd:http"))
                .replace("/usr/local/bin/ecdysis", java("ecdysis.demo.jar", "").strip())
                .replace("User=app\n", "User=nobody\n").replace("WorkingDirectory=/srv/app/current\n", "");
    }

    private void install(String listen, String socketLines) throws Exception {
        MACHINE.install(service, "[Service]\nRuntimeDirectory=app\nPIDFile=" + PID_FILE + "\nSuccessExitStatus=143\n"
                + "ExecStart=" + server(listen) + "\n");
        MACHINE.install(socket, "[Socket]\n" + socketLines + "\n");
        MACHINE.systemctl("start", socket);
        assertThat(MACHINE.show(service, "ActiveState")).isEqualTo("inactive");
    }

    private static String get() throws Exception {
        return MACHINE.run("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf"
                + " 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' >&3 && timeout 60 cat <&3")
                .orFail();
    }

    private void awaitServing(int generation) throws Exception {
        Await.until("generation " + generation + " serves",
                () -> MACHINE.journal(service).contains("serving generation=" + generation + " "));
    }

    private void upgradeTo(int generation) throws Exception {
        MACHINE.sh(upgrade()).orFail();
        awaitServing(generation);
    }

    private void stop() throws Exception {
        MACHINE.systemctl("stop", service);
        assertThat(MACHINE.show(service, "Result")).isEqualTo("success");
        assertThat(MACHINE.show(socket, "ActiveState")).isEqualTo("active");
    }

    /// After a stop in whatever generation the unit's socket must hear, or nobody could start the service again.
    @Test
    void aConnectionStartsItAgainAfterAnyNumberOfUpgrades() throws Exception {
        MACHINE.install(service, fromTheGuide("app.service with a socket unit"));
        MACHINE.install(socket, fromTheGuide("app.socket"));
        MACHINE.systemctl("start", socket);
        for (int upgrades = 0; upgrades <= 2; upgrades++) {
            assertThat(get()).contains("200 OK", "generation 0");
            String first = MACHINE.show(service, "MainPID");
            for (int generation = 1; generation <= upgrades; generation++) {
                upgradeTo(generation);
                assertThat(get()).contains("200 OK", "generation " + generation);
            }
            assertThat(MACHINE.show(service, "MainPID").equals(first)).isEqualTo(upgrades == 0);
            stop();
            assertThat(MACHINE.show(service, "ActiveState")).isEqualTo("inactive");
        }
        assertThat(MACHINE.journal(service)).doesNotContain("Address already in use", "SIGKILL");
    }

    @Test
    void nothingIsLostOrRefusedByUpgradesAndRestarts() throws Exception {
        install("--listen unix:" + path, "ListenStream=" + path + "\nSocketMode=0666");
        try (Traffic traffic = Traffic.ofNewConnectionsTo(UnixDomainSocketAddress.of(path))) {
            traffic.awaitGeneration(0);
            for (int generation = 1; generation <= 3; generation++) {
                upgradeTo(generation);
                traffic.awaitGeneration(generation);
                traffic.awaitAnswers(20);
            }
            for (int restarts = 0; restarts < 2; restarts++) {
                MACHINE.systemctl("restart", service);
                traffic.awaitGeneration(0);
                traffic.awaitAnswers(20);
            }
            stop(); // traffic starts it anew
            traffic.awaitAnswers(20);
            traffic.assertNothingLost();
        }
        assertThat(path).exists();
        assertThat(MACHINE.journal(service)).doesNotContain("SIGKILL");
    }

    @Test
    void nothingIsLostByUpgradesOverConnectionsThatAreKept() throws Exception {
        install("--listen systemd:" + socket, "ListenStream=" + path + "\nSocketMode=0666");
        try (Traffic traffic = Traffic.to(UnixDomainSocketAddress.of(path))) {
            traffic.awaitGeneration(0);
            for (int generation = 1; generation <= 2; generation++) {
                upgradeTo(generation);
                traffic.awaitGeneration(generation);
                traffic.awaitAnswers(20);
            }
            traffic.assertNothingLost();
        }
    }

    @Test
    void whatTheUnitDoesNotOpenIsNamed() throws Exception {
        install("--listen systemd:web", "ListenStream=127.0.0.1:8080");
        MACHINE.run("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080").orFail();
        Await.until("it has said so", () -> MACHINE.journal(service).contains("cannot listen on systemd:web (http): the"
                + " service manager has passed no such sockets, but '" + socket + "' on 127.0.0.1:8080; name it with"
                + " FileDescriptorName= in its socket unit"));
    }
}
