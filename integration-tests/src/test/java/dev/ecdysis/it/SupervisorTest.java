package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.SockAddr;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// `ecdysis run` follows whoever serves, and ends with the last one's exit status. Not as PID 1 here: it has to be a
/// subreaper for what it adopts.
@Tag("slow")
class SupervisorTest {
    private static final Posix POSIX = LinuxPosix.open();

    @RegisterExtension
    final Servers servers = new Servers();

    private long serving(Chain chain) throws Exception {
        return chain.status().pid();
    }

    private void awaitEnd(Chain chain, int status) throws Exception {
        Processes.awaitExit(chain.first().pid());
        assertThat(chain.first().waitFor()).isEqualTo(status);
    }

    @Test
    void aBadBuildIsRolledBackAndThenTheServersOwnEndIsTheEnd() throws Exception {
        Chain chain = servers.create();
        chain.start(Supervised.launch(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "5s",
                "--fault-file", "@/../fault")), chain.folder());
        Files.writeString(chain.folder().resolve("fault"), "die-after-cutover:50ms");
        long server = serving(chain);
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            assertThat(chain.upgrade()).isInstanceOf(UpgradeResult.RolledBack.class);
            assertThat(chain.errors().find(0, "^ecdysis run: process \\d+ serves$")).as("it was told too early")
                    .isEmpty();
            assertThat(serving(chain)).isEqualTo(server);
            traffic.awaitAnswers(10);
        }
        assertThat(chain.first().isAlive()).isTrue();
        assertThat(Processes.zombiesOf(chain.first().pid())).isEmpty();
        Processes.signal(server, Processes.KILL);
        awaitEnd(chain, 137);
        Files.deleteIfExists(chain.pidFile());
    }

    @Test
    void whoServedIsKilledWhileItsParentDrains() throws Exception {
        Chain chain = servers.start(Supervised.launch(Launch.example("http", "--listen", "tcp:127.0.0.1:0",
                "--probation", "200ms", "--drain", "60s", "--idle-grace", "60s")));
        long old = serving(chain);
        try (Client kept = Client.keptBy(0, chain.address())) {
            long successor = chain.startUpgrade().await(UpgradeResult.Committed.class).pid();
            Await.until("the old one drains", () -> !chain.status().draining().isEmpty());
            Processes.signal(successor, Processes.KILL);
            awaitEnd(chain, 137);
            assertThat(kept.read()).as("its last connection has ended with it").isEmpty();
        }
        assertThat(Processes.isAlive(old)).as("it did not end in time, and was ended").isFalse();
        assertThat(chain.processes()).isEmpty();
    }

    @Test
    void aSuccessorThatHoldsTheHandoverTakesOverFromAKilledServer() throws Exception {
        Chain chain = servers.start(Supervised.launch(Launch.program()));
        long old = serving(chain);
        try (Gate gate = chain.hold("initialising")) {
            Processes.signal(Supervised.supervisor(chain), Processes.HUP);
            gate.arrived();
            Processes.signal(old, Processes.KILL);
            chain.errors().await(0, "^ecdysis run: process " + old + ", which served, has ended; waiting for");
        }
        chain.output().await(0, "^serving generation=1 ");
        long heir = serving(chain);
        assertThat(heir).isNotEqualTo(old);
        chain.errors().await(0, "^ecdysis run: process " + heir + " serves$");
        Processes.signal(chain.first().pid(), Processes.TERM);
        awaitEnd(chain, 0);
        chain.assertNothingLeft();
    }

    @Test
    void aStopDuringAnUpgradeStopsBoth() throws Exception {
        Chain chain = servers.start(Supervised.launch(Launch.program()));
        try (Gate gate = chain.hold("initialising")) {
            Processes.signal(chain.first().pid(), Processes.HUP);
            gate.arrived();
            Processes.signal(chain.first().pid(), Processes.TERM);
            awaitEnd(chain, 0);
        }
        chain.assertNothingLeft();
    }

    @Test
    void aStopOnProbationStopsBoth() throws Exception {
        Chain chain = servers.start(Supervised.launch(Launch.program()));
        try (Gate gate = chain.hold("health")) {
            var _ = chain.startUpgrade();
            gate.arrived();
            Processes.signal(chain.first().pid(), Processes.TERM);
            Await.until("the successor drains", () -> chain.output().find(0, "^draining").isPresent()
                    || chain.output().find(0, "^exit").isPresent() || !chain.first().isAlive());
        }
        awaitEnd(chain, 0);
        chain.assertNothingLeft();
    }

    @Test
    void aStrangersWordCountsForNothing() throws Exception {
        Chain chain = servers.start(Supervised.launch(Launch.example("http", "--listen", "tcp:127.0.0.1:0")));
        long server = serving(chain);
        String address = Processes.environment(server).stream().filter(entry -> entry.startsWith("NOTIFY_SOCKET=@"))
                .map(entry -> entry.substring("NOTIFY_SOCKET=@".length())).findFirst().orElseThrow();
        List<String> forged = new ArrayList<>(List.of("MAINPID=" + ProcessHandle.current().pid() + "\nREADY=1",
                "MAINPID=" + server, "STOPPING=1", "", "\0", "MAINPID=1\nMAINPID=x", "x".repeat(10_000)));
        for (int i = 0; i < 50; i++) {
            forged.add("MAINPID=" + i);
        }
        for (String text : forged) {
            try (Fd socket = POSIX.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM, 0)) {
                POSIX.connect(socket, new SockAddr.Abstract(address));
                ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
                POSIX.sendmsg(socket, bytes, List.of());
            }
        }
        chain.errors().await(0, "which was not started here, is not listened to; further ones are not told$");
        chain.startUpgrade().await(UpgradeResult.Committed.class);
        Processes.signal(chain.first().pid(), Processes.TERM);
        awaitEnd(chain, 0);
        chain.assertNothingLeft();
    }

    /// A server that a server starts for ends of its own has the same environment.
    @Test
    void aServerBelowTheServerIsNotTheService() throws Exception {
        Chain chain = servers.create();
        Launch server = Launch.example("http", "--listen", "tcp:127.0.0.1:0");
        String other = String.join(" ", Launch.example("http", "--listen", "tcp:127.0.0.1:0").command())
                .replace("@", chain.folder().toString());
        // The first one is ready before the other is started.
        Path script = Files.writeString(chain.folder().resolve("start"),
                "\"$@\" & while [ ! -e " + chain.run().resolve("server.pid") + " ]; do sleep 0.1; done; " + other
                        + " >" + chain.folder().resolve("other") + " & wait %1");
        List<String> command = new ArrayList<>(List.of("sh", script.toString()));
        command.addAll(server.command());
        chain.start(Supervised.launch(new Launch(command, server.environment())), chain.folder());
        chain.errors().await(0, "^ecdysis run: process (\\d+) says that process \\1 serves, and is not believed$");
        Processes.signal(Supervised.supervisor(chain), Processes.TERM);
        awaitEnd(chain, 0);
    }
}
