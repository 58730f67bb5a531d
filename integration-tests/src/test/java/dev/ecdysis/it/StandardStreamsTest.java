package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A new version's standard output and error go through the old process until it is on its own, and neither it nor what
/// it starts notices the change.
@Tag("slow")
class StandardStreamsTest {
    private static final Path SCRIPT = Path.of("/usr/bin/script");

    @RegisterExtension
    final Servers servers = new Servers();

    /// HotSpot says on standard output what keeps it from starting.
    @Test
    void aJvmThatCannotStartIsQuoted() throws Exception {
        Chain chain = servers.start(Launch.program());
        UpgradeResult.Failed failed = chain.startUpgrade(List.of(Launch.JAVA, "-XX:+UseG1GC", "-XX:+UseSerialGC",
                "-version")).await(UpgradeResult.Failed.class);
        assertThat(failed.exitStatus()).hasValue(1);
        assertThat(failed.lastWords()).anyMatch(line -> line.contains("garbage collectors selected"));

        failed = chain.startUpgrade(List.of("sh", "-c", "echo one; echo two >&2; echo three; exit 7"))
                .await(UpgradeResult.Failed.class);
        assertThat(failed.exitStatus()).hasValue(7);
        assertThat(failed.lastWords()).containsExactly("(standard output)", "one", "three", "(standard error)", "two");
        chain.output().await(0, "^three$"); // which may come after the outcome
        chain.errors().await(0, "^two$");
        chain.assertEnds();
    }

    /// Over two upgrades: whoever reads the pipes hands them on.
    @Test
    void aHelperOutlivesWhoeverReadsItsLines() throws Exception {
        Chain chain = servers.start(Launch.program("helper-in=1"));
        long helper = 0;
        for (int upgrade = 1; upgrade <= 3; upgrade++) {
            long before = chain.status().pid();
            chain.startUpgrade().await(UpgradeResult.Committed.class);
            if (upgrade == 1) {
                helper = Long.parseLong(chain.output().await(0, "^helper pid=(\\d+)$").group(1));
            }
            Processes.awaitExit(before);
            assertNextLineOf(chain);
            assertThat(Processes.isAlive(helper)).isTrue();
        }
        assertThat(numbers(chain.output(), "tick ")).as("lines that arrived, in order").isEqualTo(
                countTo(numbers(chain.output(), "tick ").size()));
        Processes.signal(helper, Processes.KILL);
        long last = chain.status().pid();
        Await.until("nothing is relayed any more", () -> relays(last).isEmpty());
        chain.assertEnds();
    }

    @Test
    void aHelperOutlivesAPredecessorThatIsKilled() throws Exception {
        Chain chain = servers.start(Launch.program("helper-in=1"));
        long successor;
        try (Gate gate = chain.hold("initialising")) {
            Upgrading upgrading = chain.startUpgrade();
            successor = gate.arrived();
            Processes.signal(chain.first().pid(), Processes.KILL);
            upgrading.awaitLost();
            chain.first().waitFor();
            assertNextLineOf(chain);
        }
        chain.output().await(0, "^serving generation=1 ");
        for (long helper : chain.processes()) {
            if (helper != successor) {
                Processes.signal(helper, Processes.KILL);
            }
        }
        chain.assertEnds();
    }

    private static void assertNextLineOf(Chain chain) throws Exception {
        chain.output().await(chain.output().mark(), "^tick ");
        chain.errors().await(chain.errors().mark(), "^tock ");
    }

    private static List<String> relays(long pid) throws IOException {
        return Processes.threads(pid).stream().filter(name -> name.startsWith("ecdysis-relay")).toList();
    }

    private static List<Integer> numbers(Output output, String before) throws IOException {
        return output.lines().stream().filter(line -> line.startsWith(before))
                .map(line -> Integer.valueOf(line.substring(before.length()))).toList();
    }

    private static List<Integer> countTo(int end) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 1; i <= end; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    /// One pipe for both, so that the order of lines is kept.
    @Test
    void ofOneFileTheLinesStayInOrder() throws Exception {
        Chain chain = servers.start(shell("2>&1"));
        String script = "i=0; while [ $i -lt 500 ]; do i=$((i + 1)); echo line $i; i=$((i + 1)); echo line $i >&2; done"
                + "; exit 1";
        UpgradeResult.Failed failed = chain.startUpgrade(List.of("sh", "-c", script)).await(UpgradeResult.Failed.class);
        assertThat(failed.lastWords()).hasSize(50).startsWith("line 451", "line 452").endsWith("line 499", "line 500");
        assertThat(numbers(chain.output(), "line ")).isEqualTo(countTo(500));
        UpgradeResult.Committed committed = chain.startUpgrade().await(UpgradeResult.Committed.class);
        assertThat(Processes.descriptors(committed.pid())).filteredOn(target -> target.equals(chain.folder() + "/out"))
                .hasSize(2);
        chain.assertEnds();
    }

    /// The program, started by a shell that redirects, and becomes it.
    private static Launch shell(String redirection) {
        Launch program = Launch.program();
        return new Launch(List.of("sh", "-c", "exec " + String.join(" ", program.command()) + " " + redirection),
                program.environment());
    }

    @Test
    void withoutStandardErrorToo() throws Exception {
        Chain chain = servers.start(shell("2>&-"));
        for (int upgrade = 0; upgrade < 2; upgrade++) {
            chain.assertUpgrades();
        }
        chain.assertEnds();
    }

    @Test
    void theTerminalIsThereAgain() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(SCRIPT), "SKIPPED: there is no script; install bsdutils");
        Launch program = Launch.program();
        Chain chain = servers.start(new Launch(List.of(SCRIPT.toString(), "-q", "-c",
                "exec " + String.join(" ", program.command()), "/dev/null"), program.environment()));
        UpgradeResult.Committed committed = chain.startUpgrade().await(UpgradeResult.Committed.class);
        for (int descriptor = 1; descriptor <= 2; descriptor++) {
            int number = descriptor;
            Await.until("descriptor " + number + " is a terminal again",
                    () -> Files.readSymbolicLink(Path.of("/proc/" + committed.pid() + "/fd/" + number)).toString()
                            .startsWith("/dev/pts/"));
        }
        Processes.signal(chain.first().pid(), Processes.KILL);
        chain.assertEnds();
    }
}
