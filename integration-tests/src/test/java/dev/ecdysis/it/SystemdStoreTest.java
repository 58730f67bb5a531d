package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Servers whose listening sockets survive them in the store of a real systemd.
@Tag("slow")
@Timeout(300)
class SystemdStoreTest {
    @RegisterExtension
    static final SystemdMachine MACHINE = new SystemdMachine();

    /// More than fit.
    private static final int MOST_SILENT = 20_000;

    private final SystemdServer server = new SystemdServer(MACHINE, "stored");
    private final String unit = server.unit();
    /// Shared with this machine, and read anew by each generation.
    private final Path listeners = server.shared("listeners");
    /// Load comes from outside.
    private final Path path = server.shared("sock");

    private void start(String option, String... lines) throws Exception {
        begin(server.command("--probation 100ms " + option), lines);
    }

    private void begin(String listening, String... lines) throws Exception {
        String command = listening.replace("--listen tcp:127.0.0.1:" + server.port(), "--listen-file " + listeners);
        Files.write(listeners, List.of(lines));
        MACHINE.install(unit, server.ofTheGuide("app.service that keeps its sockets", command).replace("User=nobody\n",
                ""));
        MACHINE.systemctl("start", unit);
        server.awaitServing(0);
    }

    private long served(int generation) throws Exception {
        return MACHINE.journal(unit).lines().filter(line -> line.contains("serving generation=" + generation + " "))
                .count();
    }

    private void awaitStored(int sockets) throws Exception {
        MACHINE.await(sockets + " are stored, of " + MACHINE.systemctl("show", unit, "-p", "NFileDescriptorStore"),
                () -> MACHINE.show(unit, "NFileDescriptorStore").equals(Integer.toString(sockets)));
    }

    /// Whoever the main process is then, as systemd starts it anew.
    private void kill() throws Exception {
        end("SIGKILL");
    }

    private void end(String signal) throws Exception {
        long before = served(0);
        String restarts = MACHINE.show(unit, "NRestarts");
        MACHINE.systemctl("kill", "--kill-whom=main", "--signal=" + signal, unit);
        MACHINE.await("it serves again", () -> served(0) > before);
        assertThat(MACHINE.show(unit, "NRestarts")).isNotEqualTo(restarts);
        assertThat(MACHINE.show(unit, "ActiveState")).isEqualTo("active");
    }

    @Test
    void nobodyIsRefusedWhenTheServerIsKilled() throws Exception {
        start("--fd-store", "http=unix:" + path, "tcp=tcp:127.0.0.1:" + server.port());
        awaitStored(2);
        try (Traffic traffic = Traffic.ofNewConnectionsTo(UnixDomainSocketAddress.of(path))) {
            for (String signal : List.of("SIGKILL", "SIGSEGV")) { // by which the JVM crashes
                end(signal);
                traffic.awaitAnswers(20);
                awaitStored(2);
            }
            server.upgradeTo(1);
            traffic.awaitGeneration(1);
            kill();
            traffic.awaitAnswers(20);
            awaitStored(2);
            MACHINE.systemctl("restart", unit);
            traffic.awaitAnswers(20);
            awaitStored(2);
            traffic.assertNobodyRefused();
        }
        MACHINE.systemctl("stop", unit);
        assertThat(MACHINE.show(unit, "Result")).isEqualTo("success");
    }

    /// Connections that say nothing use it up, through a listener of their own: they fill its queue as well.
    @Test
    void nobodyIsRefusedWhenItEndsForWantOfMemory() throws Exception {
        Path forSilent = server.shared("silent");
        begin(server.command("--probation 100ms --fd-store").replace("-Xmx64m",
                "-Xmx32m -XX:+ExitOnOutOfMemoryError"), "http=unix:" + path, "silent=unix:" + forSilent);
        awaitStored(2);
        List<SocketChannel> silent = new ArrayList<>();
        try (Traffic traffic = Traffic.ofNewConnectionsTo(UnixDomainSocketAddress.of(path))) {
            traffic.awaitAnswers(20);
            long first = served(0);
            while (served(0) == first && silent.size() < MOST_SILENT) {
                for (int i = 0; i < 500; i++) {
                    silent.add(SocketChannel.open(UnixDomainSocketAddress.of(forSilent)));
                }
            }
            for (SocketChannel connection : silent) {
                connection.close();
            }
            MACHINE.await("it serves again", () -> served(0) > first);
            assertThat(server.journal()).contains("Terminating due to java.lang.OutOfMemoryError");
            traffic.awaitAnswers(20);
            traffic.assertNobodyRefused();
        } finally {
            for (SocketChannel connection : silent) {
                connection.close();
            }
        }
    }

    /// So the tests above can fail.
    @Test
    void withoutTheStoreSomebodyIs() throws Exception {
        start("", "http=unix:" + path);
        try (Traffic traffic = Traffic.ofNewConnectionsTo(UnixDomainSocketAddress.of(path))) {
            traffic.awaitAnswers(20);
            kill();
            traffic.awaitAnswers(20);
            traffic.assertSomebodyRefused();
        }
        assertThat(MACHINE.show(unit, "NFileDescriptorStore")).isEqualTo("0");
    }

    @Test
    void theStoreHasWhatTheLatestVersionListensOn() throws Exception {
        start("--fd-store", "a=tcp:127.0.0.1:8081", "b=tcp:127.0.0.1:8082", "c=tcp:127.0.0.1:0");
        awaitStored(3);
        Files.write(listeners, List.of("a=tcp:127.0.0.1:8081", "c=tcp:127.0.0.1:8083",
                "d=tcp:127.0.0.1:8084", "e=tcp:127.0.0.1:8085"));
        server.upgradeTo(1);
        awaitStored(4);
        String before = listening();
        // Renamed, moved, and one less: found by its address, bound anew, and forgotten.
        Files.write(listeners, List.of("x=tcp:127.0.0.1:8081", "d=tcp:127.0.0.1:8086", "e=tcp:127.0.0.1:8085"));
        kill();
        awaitStored(3);
        String after = listening();
        assertThat(after.lines()).hasSize(3).map(line -> line.split(" ", 2)[0]).containsExactly("8081", "8085", "8086");
        assertThat(before.lines()).hasSize(4).contains(after.lines().limit(2).toArray(String[]::new));
    }

    /// Port and inode of each socket that listens.
    private static String listening() throws Exception {
        return MACHINE.sh("for port in 8081 8082 8083 8084 8085 8086; do awk -v p=$port -v h=$(printf ':%04X$' $port)"
                + " '$2 ~ h && $4 == \"0A\" { print p, $10 }' /proc/net/tcp; done").orFail();
    }
}
