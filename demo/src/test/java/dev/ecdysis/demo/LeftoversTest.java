package dev.ecdysis.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LeftoversTest {
    @Test
    void endsWhatHasTheFolderOnItsCommandLine() throws Exception {
        Path folder = Files.createTempDirectory("leftovers-test-");
        Files.writeString(folder.resolve("file"), "");
        // Deaf to SIGTERM, and not our child but our grandchild, as a successor is.
        Process shell = new ProcessBuilder("sh", "-c", "sh -c 'trap \"\" TERM; while :; do sleep 0.1; done' "
                + folder + " & wait").start();
        while (Leftovers.processes(folder).size() < 2) {
            Thread.sleep(10);
        }
        Leftovers.end(folder, Duration.ofMillis(300));
        while (!Leftovers.processes(folder).isEmpty()) {
            Thread.sleep(10);
        }
        assertThat(shell.waitFor()).isNotZero();
        Leftovers.delete(folder);
        assertThat(folder).doesNotExist();
    }
}
