package dev.ecdysis.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A server in the foreground of a terminal that is closed. `script` makes the terminal, and its end closes it.
@Tag("slow")
class TerminalTest {
    private static final Path SCRIPT = Path.of("/usr/bin/script");

    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void theServerEndsWithItsTerminal() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(SCRIPT), "SKIPPED: there is no script; install bsdutils");
        Launch example = Launch.example("http", "--listen", "tcp:127.0.0.1:0");
        String command = "exec " + String.join(" ", example.command());
        Chain chain = servers.start(new Launch(List.of(SCRIPT.toString(), "-q", "-c", command, "/dev/null"),
                example.environment()));
        long server = chain.status().pid();

        Processes.signal(chain.first().pid(), Processes.KILL);

        Await.until("the server is gone", () -> !Processes.isAlive(server));
        chain.assertNothingLeft();
    }
}
