package dev.ecdysis.internal.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.process.ProcessTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// In which containers a successor would end with its predecessor.
class ContainerInitTest {
    @TempDir
    Path proc;

    /// Process 7 in a container with this init, whose children these are.
    private Optional<String> obstacle(String init, int parent, String children) throws IOException {
        new ProcessTree(proc).add(1, init, 0).children(children).add(7, "java", parent);
        return ContainerInit.obstacle(proc, 7);
    }

    @Test
    void pidOneCannotBeReplaced() {
        assertThat(ContainerInit.obstacle(proc, 1)).hasValueSatisfying(why -> assertThat(why).contains("PID 1"));
    }

    @Test
    void norCanTheOnlyChildOfAnInitThatEndsWithIt() throws Exception {
        for (String init : new String[] {"tini", "docker-init", "dumb-init", "catatonit"}) {
            assertThat(obstacle(init, 1, "7 ")).as(init)
                    .hasValueSatisfying(why -> assertThat(why).contains(init + " runs nothing but this process"));
        }
        Files.delete(proc.resolve("1/task/1/children"));
        assertThat(ContainerInit.obstacle(proc, 7)).isPresent();
    }

    @Test
    void norCanItWhenTheInitHasAdoptedSomethingSince() throws Exception {
        assertThat(obstacle("tini", 1, "7 9 ")).isPresent();
    }

    @Test
    void whatAnInitHasAdoptedBesideItsChildCan() throws Exception {
        assertThat(obstacle("tini", 1, "5 7 ")).isEmpty();
        assertThat(obstacle("tini", 5, "5 ")).isEmpty();
    }

    @Test
    void otherInitsStay() throws Exception {
        assertThat(obstacle("systemd", 1, "7 ")).isEmpty();
        Files.delete(proc.resolve("1/comm"));
        assertThat(ContainerInit.obstacle(proc, 7)).isEmpty();
    }
}
