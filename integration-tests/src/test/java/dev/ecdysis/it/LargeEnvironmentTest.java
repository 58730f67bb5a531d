package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.status.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// An environment that a cluster made, with several variables for each of its services: what Linux started the server
/// with is handed on, and what it would not start again is refused before anything is.
@Tag("slow")
class LargeEnvironmentTest {
    private static final String NAME = "SERVICE_%05d_PORT_8080_TCP_ADDRESS";
    private static final int NAME_BYTES = NAME.formatted(0).length() + 1;

    @RegisterExtension
    final Servers servers = new Servers();

    private static Launch launch(int variables, int bytes) {
        TreeMap<String, String> environment = new TreeMap<>();
        for (int i = 0; i < variables; i++) {
            environment.put(NAME.formatted(i), "x".repeat(bytes));
        }
        Launch program = Launch.program();
        return new Launch(program.command(), environment);
    }

    private static List<String> environment(long pid) throws IOException {
        List<String> entries = new ArrayList<>();
        for (String entry : Files.readString(Path.of("/proc", Long.toString(pid), "environ")).split("\0", -1)) {
            if (!entry.startsWith("ECDYSIS_HANDOVER=") && !entry.isEmpty()) {
                entries.add(entry);
            }
        }
        entries.sort(null);
        return entries;
    }

    private void assertHandedOn(Launch launch) throws Exception {
        assertHandedOn(servers.create(), launch);
    }

    private static void assertHandedOn(Chain chain, Launch launch) throws Exception {
        chain.start(launch, Path.of("/"));
        List<String> first = environment(chain.first().pid());
        assertThat(first).hasSizeGreaterThan(launch.environment().size());
        for (int upgrade = 0; upgrade < 2; upgrade++) {
            assertThat(environment(chain.assertUpgrades().pid())).isEqualTo(first);
        }
        chain.assertEnds();
    }

    @Test
    void moreBytesThanAFrameHasAreHandedOn() throws Exception {
        assertHandedOn(launch(12_000, 60));
    }

    @Test
    void moreVariablesThanAFrameMayHaveAreHandedOn() throws Exception {
        assertHandedOn(launch(17_000, 2));
    }

    /// Nearly the 6 MiB that Linux starts at most, see execve(2). A shell that exports 50,000 variables takes a quarter of a
    /// minute of processor time for that, so Perl does it.
    @Test
    void asMuchAsTheKernelEverTakesIsHandedOn() throws Exception {
        Chain chain = servers.create();
        Path start = chain.folder().resolve("start");
        Files.writeString(start, "ulimit -s unlimited\nexec perl -e '$ENV{\"S_$_\"} = \"x\" x 90 for 10000..59999;"
                + " exec @ARGV or die' \"$@\"\n");
        List<String> command = new ArrayList<>(List.of("bash", start.toString()));
        command.addAll(Launch.program().command());
        assertHandedOn(chain, new Launch(command, Map.of()));
    }

    /// Full but for less than what names the handover, so that generation 0 starts and its successor would not.
    @Test
    void whatTheKernelWouldNotStartAgainIsRefused() throws Exception {
        Launch least = launch(0, 0);
        Chain probe = servers.start(least);
        long used = bytes(probe);
        probe.assertEnds();
        long each = NAME_BYTES + 60L + 1 + Long.BYTES;
        int variables = (int) ((limit() - used) / each);
        Launch launch = launch(variables, 60);
        long rest = (limit() - used) % each;
        if (rest > 40) {
            launch = launch.with("REST", "x".repeat((int) rest - 40));
        }
        Chain chain = servers.start(launch);
        String cure = "ulimit -s, LimitSTACK=";
        try (ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT)) {
            assertThat(client.doctor()).filteredOn(check -> check.verdict() == Check.Verdict.FAIL).singleElement()
                    .satisfies(check -> {
                        assertThat(check.name()).isEqualTo("launch");
                        assertThat(check.found()).contains("a successor needs ", "and the kernel takes " + limit());
                        assertThat(check.cure()).contains(cure);
                    });
        }
        assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why()).contains("a successor needs ", cure);
        chain.errors().await(0, "upgrades will be refused: a successor needs ");
        assertThat(chain.processes()).containsExactly(chain.first().pid());
        chain.assertEnds();
    }

    private static long limit() {
        try {
            String line = Files.readAllLines(Path.of("/proc/self/limits")).stream()
                    .filter(text -> text.startsWith("Max stack size")).findFirst().orElseThrow();
            String soft = line.substring("Max stack size".length()).strip().split(" ", 2)[0];
            return soft.equals("unlimited") ? 6 << 20 : Math.min(6 << 20, Long.parseLong(soft) / 4);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// What the kernel counts of generation 0.
    private static long bytes(Chain chain) throws IOException {
        Path process = Path.of("/proc", Long.toString(chain.first().pid()));
        long bytes = Launch.JAVA.length() + 1L;
        for (String file : List.of("environ", "cmdline")) {
            byte[] content = Files.readAllBytes(process.resolve(file));
            bytes += content.length;
            for (byte value : content) {
                bytes += value == 0 ? Long.BYTES : 0;
            }
        }
        return bytes;
    }
}
