package dev.ecdysis.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LeftoversTest {
    /// As successors are that were killed, where nobody waits for orphans.
    @Test
    void aProcessThatEndedAndWasNotWaitedForDoesNotRun() throws Exception {
        Path folder = Path.of("/nowhere/leftovers-test-" + ProcessHandle.current().pid());
        Process parent = new ProcessBuilder("sh", "-c",
                "exec 3<&0; sh -c 'read line; exit' " + folder + " <&3 & echo $!; exec sleep 60 3<&-").start();
        try {
            long child = Long.parseLong(parent.inputReader().readLine());
            await().until(() -> Leftovers.isRunning(child, folder));
            parent.outputWriter().close();
            await().until(() -> !Leftovers.isRunning(child, folder));
            assertThat(ProcessHandle.of(child).map(ProcessHandle::isAlive)).as("not waited for").contains(true);
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

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
