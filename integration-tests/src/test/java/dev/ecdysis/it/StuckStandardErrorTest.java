package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.status.ServerState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Whoever was to read standard error has stopped reading, and the pipe is full: lines may be lost, and nothing else.
@Tag("slow")
class StuckStandardErrorTest {
    private static final String FIFO = "stderr.fifo";
    /// A writer of its own: what is set for it is not set for the server.
    private static final String FILL = "for size in 4096 1; do"
            + " dd if=/dev/zero of=\"$0\" oflag=nonblock conv=notrunc bs=$size; done; true";

    @RegisterExtension
    final Servers servers = new Servers();

    /// Both ends, so that neither opening nor writing fails. Nobody reads.
    private RandomAccessFile held;

    @AfterEach
    void letGo() throws IOException {
        if (held != null) {
            held.close();
        }
    }

    private Chain start(String... settings) throws Exception {
        Chain chain = servers.create();
        Path fifo = chain.folder().resolve(FIFO);
        assertThat(Processes.succeeds(List.of("mkfifo", fifo.toString()))).isTrue();
        held = new RandomAccessFile(fifo.toFile(), "rw");
        Launch launch = Launch.program(settings);
        Path start = Files.writeString(chain.folder().resolve("start"), "exec \"$@\" 2>" + fifo);
        List<String> command = new ArrayList<>(List.of("sh", start.toString()));
        command.addAll(launch.command());
        chain.start(new Launch(command, launch.environment()), Path.of("/"));
        return chain;
    }

    private static void fill(Chain chain) throws Exception {
        assertThat(Processes.succeeds(List.of("sh", "-c", FILL, chain.folder().resolve(FIFO).toString()))).isTrue();
    }

    @Test
    void itIsUpgradedAndStopsAndLastWordsAreHeard() throws Exception {
        Chain chain = start();
        fill(chain);
        assertThat(chain.status().state()).isEqualTo(ServerState.RUNNING);
        List<String> chatty = List.of("sh", "-c",
                "head -c 300000 /dev/zero | tr '\\0' '\\n' >&2; echo these are its last words >&2; exit 3");
        UpgradeResult.Failed failed = chain.startUpgrade(chatty).await(UpgradeResult.Failed.class);
        assertThat(failed.exitStatus()).hasValue(3);
        assertThat(failed.lastWords()).endsWith("these are its last words");

        UpgradeResult.Committed committed = chain.startUpgrade().await(UpgradeResult.Committed.class);
        chain.assertServesAlone(committed.pid());
        Processes.signal(committed.pid(), Processes.TERM);
        chain.assertNothingLeft();
    }

    /// The predecessor reports the commit, and would be killed with its connections if it could not go on.
    @Test
    void aPredecessorDrainsWhenItIsFullSinceProbation() throws Exception {
        Chain chain = start("drain=" + Duration.ofMinutes(1).toMillis());
        long first = chain.first().pid();
        try (Client idle = Client.keptBy(0, chain.address())) {
            Upgrading upgrading;
            try (Gate health = chain.hold("health")) {
                upgrading = chain.startUpgrade();
                health.arrived();
                fill(chain);
            }
            long successor = upgrading.await(UpgradeResult.Committed.class).pid();
            chain.awaitDraining(first, 1);
            idle.ask("/", "");
            assertThat(idle.readToEnd()).contains("generation 0");
            chain.assertServesAlone(successor);
        }
        chain.assertEnds();
    }
}
