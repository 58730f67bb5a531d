package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// Each command of the benchmarks measures something, however little, and prints it as programs read it. What it
/// measures here is not worth a look: the other tests run at the same time.
@Tag("slow")
class BenchTest {
    @RegisterExtension
    final Commands commands = new Commands();

    private Path temporary;
    /// Each JVM that takes options from the environment leaves a file here, but for those of the micro benchmarks.
    private Path jvms;

    @BeforeEach
    void makeFolder() throws Exception {
        // Short, because it becomes a part of the path of a socket.
        temporary = Files.createDirectory(commands.folder().resolve("t"));
        jvms = Files.createDirectory(commands.folder().resolve("jvms"));
    }

    /// At the same time, because they wait more than they work.
    @Test
    void everyCommandPrintsItsFigures() throws Exception {
        Command upgrades = start("upgrades", "--upgrades", "1", "--requests", "100", "--rate", "100", "--mode", "new");
        Command cost = start("request-cost", "--rounds", "1", "--forks", "1", "--slices", "1", "--slice", "500ms",
                "--warm-up", "100ms", "--clients", "2", "--mode", "keep-alive", "--after-upgrade");
        Command micro = start("micro", "Posix", "--forks", "1", "--iterations", "1");

        assertUpgrades(jsonOf(upgrades));
        assertRequestCost(jsonOf(cost));
        assertMicro(jsonOf(micro));
        try (Stream<Path> files = Files.list(jvms)) {
            assertThat(files.map(file -> Long.valueOf(file.getFileName().toString())))
                    .as("JVMs that took options from the environment")
                    .containsExactlyInAnyOrder(upgrades.process().pid(), cost.process().pid());
        }

        assertThat(commands.processes()).as("processes that are left").isEmpty();
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files.toList()).as("files that are left").isEmpty();
        }
    }

    private Command start(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Launch.JAVA));
        command.addAll(Launch.LIGHT);
        command.addAll(Launch.jar("ecdysis.bench.jar"));
        command.addAll(List.of(arguments));
        command.add("--json");
        // JMH wants to be the only one on a machine, which others may use too.
        String options = arguments[0].equals("micro") ? "-Djmh.ignoreLock=true" : "-Xlog:gc:file=" + jvms + "/%p";
        return commands.start(Map.of("JDK_JAVA_OPTIONS", options + " -Djava.io.tmpdir=" + temporary), command);
    }

    /// What it printed, with what all commands have.
    private static JsonNode jsonOf(Command command) throws Exception {
        JsonNode json = command.end(0).indentedJson();
        JsonNode machine = json.get("machine");
        assertThat(machine.propertyNames()).containsExactly("cores", "kernel", "java", "load_average_before",
                "busy_before", "spinners_before", "busy_meanwhile", "steal", "quiet");
        // The other commands run at the same time, and are no part of this one.
        assertThat(machine.get("busy_meanwhile").doubleValue()).isPositive();
        assertThat(machine.get("cores").intValue()).isPositive();
        return json;
    }

    private static void assertUpgrades(JsonNode json) {
        assertThat(json.propertyNames()).containsExactly("rate", "runs", "machine");
        assertThat(json.get("rate").intValue()).isEqualTo(100);
        JsonNode run = onlyRun(json, "new");
        assertThat(run.propertyNames()).containsExactly("mode", "requests", "failed", "failed_by_kind", "upgrades",
                "committed", "not_committed", "accept_pause_ms", "trigger_to_cutover_ms", "latency_inside_ms",
                "latency_outside_ms", "load_lag_p99_ms", "connections_opened", "connections_reopened", "failures",
                "idle_spinners");
        assertThat(run.get("requests").longValue()).isGreaterThanOrEqualTo(100);
        assertThat(run.get("failed_by_kind")).isEmpty();
        assertThat(run.get("upgrades").intValue()).isEqualTo(1);
        assertThat(run.get("committed").intValue()).isEqualTo(1);
        for (String name : List.of("accept_pause_ms", "trigger_to_cutover_ms")) {
            JsonNode spread = run.get(name);
            assertThat(spread.propertyNames()).as(name).containsExactly("p50", "p90", "max", "all");
            assertThat(spread.get("all")).as(name).singleElement()
                    .satisfies(only -> assertThat(only.doubleValue()).isPositive());
        }
        for (String name : List.of("latency_inside_ms", "latency_outside_ms")) {
            assertThat(run.get(name).propertyNames()).as(name).containsExactly("count", "p50", "p99", "p99.9");
            assertThat(run.get(name).get("count").longValue()).as(name).isPositive();
        }
    }

    private static void assertRequestCost(JsonNode json) {
        assertThat(json.propertyNames()).containsExactly("rounds", "forks", "clients", "after_upgrade",
                "against_itself", "runs", "machine");
        assertThat(json.get("after_upgrade").booleanValue()).isTrue();
        assertThat(json.get("clients").intValue()).isEqualTo(2);
        JsonNode run = onlyRun(json, "keep-alive");
        assertThat(run.propertyNames()).containsExactly("mode", "failed", "failures", "example_generations",
                "throughput_ratio", "processor_time_ratio", "rounds");
        assertThat(run.get("example_generations")).singleElement()
                .satisfies(only -> assertThat(only.intValue()).isEqualTo(1));
        for (String name : List.of("throughput_ratio", "processor_time_ratio")) {
            assertThat(run.get(name).propertyNames()).as(name).containsExactly("median", "interval95", "rounds");
            assertThat(run.get(name).get("median").isNumber()).as(name + " is a number").isTrue();
            assertThat(run.get(name).get("interval95")).as(name).hasSize(2);
        }
        JsonNode round = run.get("rounds").get(0).get(0);
        assertThat(round.propertyNames()).containsExactly("plain", "example");
        assertThat(round).allSatisfy(cost -> assertThat(cost.get("requests").longValue()).isPositive());
    }

    /// The run of the one mode that was asked for, in which nothing was lost.
    private static JsonNode onlyRun(JsonNode json, String mode) {
        assertThat(json.get("runs")).hasSize(1);
        JsonNode run = json.get("runs").get(0);
        assertThat(run.get("mode").stringValue()).isEqualTo(mode);
        assertThat(run.get("failed").isNumber()).isTrue();
        assertThat(run.get("failed").longValue()).as("failed requests: %s", run.get("failures")).isZero();
        return run;
    }

    private static void assertMicro(JsonNode json) {
        assertThat(json.propertyNames()).containsExactly("benchmarks", "machine");
        JsonNode benchmarks = json.get("benchmarks");
        assertThat(benchmarks.propertyNames()).containsExactly("PosixBenchmark.getsockopt");
        assertThat(benchmarks.get("PosixBenchmark.getsockopt").get("nanoseconds").doubleValue()).isPositive();
    }
}
