package dev.ecdysis.internal.procfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.posix.OwnProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whose word that he follows a server is believed.
class SupervisionTest {
    @TempDir
    Path proc;

    /// Process 4, started at 100, started 6, which started 7; 9 is a stranger.
    @BeforeEach
    void processes() throws Exception {
        process(1, 0, 1);
        process(4, 1, 100);
        process(6, 4, 200);
        process(7, 6, 300);
        process(9, 1, 100);
    }

    private void process(long pid, long parent, long started) throws IOException {
        Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(proc.resolve(pid + "/stat"), pid + " (a ) name (of) it) S " + parent
                + " 4 4 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 9 0 " + started + " 1 1\n");
    }

    private Optional<String> of(String... entries) {
        return Supervision.of(proc, 7,
                List.of(entries).stream().map(entry -> entry.getBytes(StandardCharsets.UTF_8)).toList());
    }

    @Test
    void anAncestorIsBelieved() {
        assertThat(of("A=b", "ECDYSIS_SUPERVISOR=v1:4:100")).contains("ecdysis run, process 4");
        assertThat(of("ECDYSIS_SUPERVISOR=v1:6:200")).contains("ecdysis run, process 6");
        assertThat(of("ECDYSIS_SUPERVISOR=v1:1:1")).contains("ecdysis run, process 1");
    }

    @Test
    void aStrangerIsNot() {
        assertThat(of("ECDYSIS_SUPERVISOR=v1:9:100")).isEmpty();
        assertThat(of("ECDYSIS_SUPERVISOR=v1:7:300")).as("the process itself").isEmpty();
    }

    @Test
    void anotherProcessWithTheNumberIsNot() {
        assertThat(of("ECDYSIS_SUPERVISOR=v1:4:99")).isEmpty();
        assertThat(of("ECDYSIS_SUPERVISOR=v1:5:100")).as("none").isEmpty();
    }

    @Test
    void garbageIsNot() {
        for (String value : new String[] {"", "v1", "v2:4:100", "v1:4", "v1:x:100", "v1:4:100:", "v1:-4:100",
            "v1:../4:100", "v1:99999999999999999999:100"}) {
            assertThat(of("ECDYSIS_SUPERVISOR=" + value)).as(value).isEmpty();
        }
        assertThat(of("A=ECDYSIS_SUPERVISOR=v1:4:100")).isEmpty();
        assertThat(of()).isEmpty();
    }

    @Test
    void whatASupervisorSaysOfItselfIsTrueOfItsChildrenOnly() throws Exception {
        List<byte[]> environment = List.of(Supervision.entry().getBytes(StandardCharsets.UTF_8));
        assertThat(Supervision.of(Path.of("/proc"), OwnProcess.pid(), environment)).isEmpty();
        Process child = new ProcessBuilder("cat").start();
        try {
            assertThat(Supervision.of(Path.of("/proc"), child.pid(), environment))
                    .contains("ecdysis run, process " + OwnProcess.pid());
        } finally {
            child.destroyForcibly().waitFor();
        }
    }
}
