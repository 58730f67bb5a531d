package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server that leads the session of its terminal, or that is waited for by what does: the terminal is hung up when
/// generation 0 has ended, and generation 1 serves on. `script` makes the terminal.
@Tag("slow")
class TerminalLeaderTest {
    private static final Path SCRIPT = Path.of("/usr/bin/script");

    @RegisterExtension
    final Servers servers = new Servers();

    @BeforeEach
    void thereIsATerminal() {
        Assumptions.assumeTrue(Files.isExecutable(SCRIPT), "SKIPPED: there is no script; install bsdutils");
    }

    /// @param how a shell starts it; without exec the shell leads the session, and ends with the server
    @ParameterizedTest
    @ValueSource(strings = {"exec %s", "%s; true"})
    void theNextGenerationsServeOn(String how) throws Exception {
        Chain chain = start(how);
        long terminal = chain.first().pid();
        long first = chain.assertUpgrades().pid();
        assertThat(Processes.session(first)).as("a session of its own").contains(first);
        // What is written to it from now on is lost, and does no harm.
        Await.until("the terminal is closed", () -> !Processes.isAlive(terminal));
        for (int i = 0; i < 3; i++) {
            assertThat(Client.generation(answer(chain))).isEqualTo(1);
        }

        long second = chain.assertUpgrades().pid();
        assertThat(Processes.session(second)).as("that of its predecessor").contains(first);
        assertThat(Client.generation(answer(chain))).isEqualTo(2);
        // No longer the SIGHUP of a terminal: it asks for an upgrade.
        Processes.signal(second, Processes.HUP);
        Await.until("generation 3 serves alone",
                () -> chain.status().generation() == 3 && chain.status().draining().isEmpty());
        chain.assertEnds();
    }

    private Chain start(String how) throws Exception {
        Launch program = Launch.program();
        String command = how.formatted(String.join(" ", program.command()));
        return servers.start(new Launch(List.of(SCRIPT.toString(), "-q", "-c", command, "/dev/null"),
                program.environment()));
    }

    private static String answer(Chain chain) throws Exception {
        try (Client client = Client.connect(chain.address())) {
            client.ask("/", "Connection: close\r\n");
            return client.readToEnd();
        }
    }
}
