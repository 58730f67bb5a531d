package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
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

    private final SystemdServer server = new SystemdServer(MACHINE, "activated");
    private final String service = server.unit();
    private final String socket = server.socket();
    /// Shared with this machine: load comes from outside.
    private final Path path = server.shared("sock");

    private String command(String listen) {
        return server.command("--probation 100ms").replace("--listen tcp:127.0.0.1:" + server.port(), listen);
    }

    private void install(String listen, String socketLines) throws Exception {
        server.install("SuccessExitStatus=143", "ExecStart=" + command(listen));
        MACHINE.install(socket, "[Socket]\n" + socketLines + "\n");
        MACHINE.systemctl("start", socket);
        assertThat(MACHINE.show(service, "ActiveState")).isEqualTo("inactive");
    }

    private void stop() throws Exception {
        MACHINE.systemctl("stop", service);
        assertThat(MACHINE.show(service, "Result")).isEqualTo("success");
        assertThat(MACHINE.show(socket, "ActiveState")).isEqualTo("active");
    }

    /// After a stop in whatever generation the unit's socket must hear, or nobody could start the service again.
    @Test
    void aConnectionStartsItAgainAfterAnyNumberOfUpgrades() throws Exception {
        MACHINE.install(service, server.ofTheGuide("app.service with a socket unit", command("--listen systemd:http")));
        MACHINE.install(socket, server.ofTheGuide("app.socket", ""));
        MACHINE.systemctl("start", socket);
        for (int upgrades = 0; upgrades <= 2; upgrades++) {
            assertThat(server.get()).contains("200 OK", "generation 0");
            String first = MACHINE.show(service, "MainPID");
            for (int generation = 1; generation <= upgrades; generation++) {
                server.upgradeTo(generation);
                assertThat(server.get()).contains("200 OK", "generation " + generation);
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
                server.upgradeTo(generation);
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
                server.upgradeTo(generation);
                traffic.awaitGeneration(generation);
                traffic.awaitAnswers(20);
            }
            traffic.assertNothingLost();
        }
    }

    @Test
    void whatTheUnitDoesNotOpenIsNamed() throws Exception {
        install("--listen systemd:web", "ListenStream=127.0.0.1:" + server.port());
        MACHINE.run("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + server.port()).orFail();
        MACHINE.await("it has said so",
                () -> MACHINE.journal(service).contains("cannot listen on systemd:web (http): the"
                        + " service manager has passed no such sockets, but '" + socket + "' on 127.0.0.1:"
                        + server.port() + "; name it with"
                        + " FileDescriptorName= in its socket unit"));
    }
}
