package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A server that uses most of its cgroup's limit of memory, so that a second one does not fit beside it.
@Tag("slow")
class MemoryLimitTest {
    private static final long LIMIT = 256L << 20;
    private static final String HEAP = "160m";

    @RegisterExtension
    final Servers servers = new Servers();

    /// Below this process's own, where whoever runs the build may make one.
    private static Path makeGroup() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
            String[] parts = line.split(":", 3);
            if (parts[1].isEmpty() || parts[1].equals("memory")) {
                String top = parts[1].isEmpty() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
                String file = parts[1].isEmpty() ? "memory.max" : "memory.limit_in_bytes";
                Path group = Path.of(top + parts[2], "ecdysis-it-" + UUID.randomUUID());
                try {
                    Files.createDirectory(group);
                    if (Files.exists(group.resolve(file))) {
                        Files.writeString(group.resolve(file), Long.toString(LIMIT));
                        return group;
                    }
                    Files.delete(group);
                } catch (IOException e) {
                    System.out.println("no cgroup of memory can be made: " + e);
                }
            }
        }
        return Assumptions.abort("SKIPPED: no cgroup with a limit of memory can be made here");
    }

    @Test
    void theSuccessorIsTakenAndNotTheServer() throws Exception {
        Path group = makeGroup();
        try {
            Launch plain = Launch.program().replace("-Xmx64m", "-Xmx" + HEAP);
            Chain chain = servers.create();
            Path start = Files.writeString(chain.folder().resolve("start"),
                    "echo $$ >" + group.resolve("cgroup.procs") + " && exec \"$@\"");
            List<String> command = new ArrayList<>(List.of("sh", start.toString()));
            command.addAll(plain.command());
            command.addAll(3, List.of("-Xms" + HEAP, "-XX:+AlwaysPreTouch"));
            chain.start(new Launch(command, Map.of()), Path.of("/"));
            try {
                long pid = chain.first().pid();
                chain.awaitRehearsed();
                assertThat(chain.status().notes()).anyMatch(note -> note.startsWith("memory: ")
                        && note.contains("256 MiB") && note.contains(group.toString()));
                UpgradeResult.Failed failed = chain.startUpgrade().await(UpgradeResult.Failed.class);
                assertThat(failed.exitStatus()).hasValue(137);
                assertThat(Client.get(chain.address(), "/")).isNotEmpty();
                chain.assertServesAlone(pid);
                chain.assertEnds();
            } finally {
                chain.end();
            }
        } finally {
            Await.until("the group is empty", () -> removed(group));
        }
    }

    private static boolean removed(Path group) {
        try {
            Files.deleteIfExists(group);
            return true;
        } catch (IOException e) {
            return false; // a process that has just ended is still counted
        }
    }
}
