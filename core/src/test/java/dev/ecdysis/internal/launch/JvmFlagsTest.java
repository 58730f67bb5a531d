package dev.ecdysis.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.wire.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JvmFlagsTest {
    private static final long GIBIBYTE = 1L << 30;

    private static JvmFlags flags(List<String> environment, String... words) {
        return JvmFlags.of(LaunchDescription.of(
                new Message.LaunchDescription(bytes(Stream.of(words)), bytes(environment.stream()), new byte[] {'/'})));
    }

    private static List<byte[]> bytes(Stream<String> texts) {
        return texts.map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    }

    private static List<JvmFlags.Finding> findings(String... options) {
        return before("Main", options).findings();
    }

    private static JvmFlags before(String main, String... options) {
        return flags(List.of(), Stream.concat(Stream.concat(Stream.of("java"), Stream.of(options)), Stream.of(main))
                .toArray(String[]::new));
    }

    private static HeapSize heap(String... options) {
        return before("Main", options).heap(OptionalLong.of(8 * GIBIBYTE), new HeapSize(2 * GIBIBYTE, 0, ""));
    }

    private static void assertWarned(List<JvmFlags.Finding> findings, String name, String... parts) {
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.name()).isEqualTo(name);
            assertThat(finding.found()).contains(parts);
            assertThat(finding.cure()).isNotEmpty();
        });
    }

    @Test
    void onlyWhatStandsBeforeTheProgramIsAFlag() {
        assertThat(flags(List.of(), "java", "-Xmx1g", "-cp", "-Xrs", "--add-opens", "a/b=ALL-UNNAMED", "@more",
                "--module-path=x", "-jar", "s.jar", "-Xrs").shown())
                .containsExactly("-Xmx1g", "--add-opens a/b=ALL-UNNAMED", "@more");
        assertThat(flags(List.of(), "java", "-ea", "Main", "-Xrs").shown()).containsExactly("-ea");
        assertThat(flags(List.of(), "java", "-m", "a/b", "-Xrs").shown()).isEmpty();
        assertThat(flags(List.of()).shown()).isEmpty();
        assertThat(flags(List.of(), "java", "Main").findings()).isEmpty();
    }

    @Test
    void theVariablesCountToo() {
        JvmFlags flags = flags(
                List.of("JDK_JAVA_OPTIONS=-Da=1 '-XX:OnError=kill -9'\t--add-modules x", "JAVA_TOOL_OPTIONS=-Xmx1g",
                        "_JAVA_OPTIONS= -X\"mx3\"g ", "OTHER=-Xrs"),
                "java", "-Xmx2g", "Main");
        assertThat(flags.shown()).containsExactly("-Xmx1g", "-Da=...", "-XX:OnError=kill -9", "--add-modules x",
                "-Xmx2g", "-Xmx3g");
        assertThat(flags.heap(OptionalLong.empty(), new HeapSize(1, 0, "")))
                .isEqualTo(new HeapSize(3 * GIBIBYTE, 0, "-Xmx3g"));
    }

    @Test
    void aVariableMayBeLong() {
        String flag = "-Da" + "b".repeat(100_000);
        assertThat(flags(List.of("JAVA_TOOL_OPTIONS='" + flag + "' " + flag), "java", "Main").shown())
                .containsExactly(flag, flag);
    }

    @Test
    void secretsAreNotShown() {
        assertThat(flags(List.of(), "java", "-Dpassword=geheim", "-Dplain", "-javaagent:a.jar=key=geheim",
                "-agentpath:/a.so=geheim", "-agentlib:a=geheim", "Main").shown())
                .containsExactly("-Dpassword=...", "-Dplain", "-javaagent:a.jar=...", "-agentpath:/a.so=...",
                        "-agentlib:a=...");
        assertThat(findings("-javaagent:a.jar=geheim").toString()).doesNotContain("geheim");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xrs", "-XX:+ReduceSignalUsage"})
    void signalsThatCannotBeHandled(String flag) {
        assertWarned(findings(flag), "signals", "SIGHUP");
        assertThat(findings("-XX:+ReduceSignalUsage", "-XX:-ReduceSignalUsage")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005",
                "-Xrunjdwp:transport=dt_socket,server=y,address=5005",
                "-agentlib:jdwp=transport=dt_socket,address=[::1]:5005,server=y"})
    void aDebuggerThatTakesAPort(String flag) {
        assertWarned(findings(flag), "debugger", "5005", "exit status 2");
    }

    @Test
    void aDebuggerThatASuccessorWouldWaitFor() {
        assertWarned(findings("-agentlib:jdwp=transport=dt_socket,server=y,address=0"), "debugger", "waits");
        assertWarned(findings("-agentlib:jdwp=transport=dt_socket,address=host:5005"), "debugger", "host:5005");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=0",
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:0",
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n"})
    void aDebuggerOnAnyPortIsAllRight(String flag) {
        assertThat(findings(flag)).isEmpty();
    }

    @Test
    void aPortOfJmx() {
        assertWarned(findings("-Dcom.sun.management.jmxremote.port=7091"), "JMX port", "7091", "exit status 1");
        assertWarned(findings("-Dcom.sun.management.jmxremote.port=0",
                "-Dcom.sun.management.jmxremote.rmi.port=7092"), "JMX port", "7092");
        assertThat(findings("-Dcom.sun.management.jmxremote.port=0", "-Dcom.sun.management.jmxremote.ssl=false"))
                .isEmpty();
        // Without the other it starts nothing.
        assertThat(findings("-Dcom.sun.management.jmxremote.rmi.port=7092")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-Xlog:gc*:file=gc.log", "-Xlog:gc:gc.log:time,pid:filecount=3", "-Xlog::gc.log",
                "-Xlog:all=debug:\"gc.log\":uptime", "-Xloggc:gc.log", "-XX:LogFile=gc.log",
                "-XX:StartFlightRecording:disk=true,filename=gc.log,dumponexit=true",
                "-XX:StartFlightRecording=filename=gc.log"})
    void aLogThatTwoGenerationsWouldWriteTo(String flag) {
        assertWarned(findings(flag), "log files", "two generations write to gc.log");
        assertThat(findings(flag.replace("gc.log", "gc-%p.log"))).isEmpty();
        assertThat(findings(flag.replace("gc.log", "gc-%t.log"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xlog", "-Xlog:gc", "-Xlog:gc*:stdout", "-Xlog:gc::time", "-Xlog:all=error:stderr:tags",
        "-Xlog:disable", "-Xlog:async", "-XX:StartFlightRecording:disk=true", "-Xlog:gc:/dev/null"})
    void aLogThatIsNoFile(String flag) {
        assertThat(findings(flag)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-javaagent:a.jar", "-agentpath:/a.so", "-agentlib:jdwpx=1"})
    void anAgent(String flag) {
        assertWarned(findings(flag), "agents", "AOT cache", "port");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-Xmx4g", "-Xmx4096M", "-Xmx4294967296", "-XX:MaxHeapSize=4G", "-Xms4194304k",
                "-XX:MaxRAMPercentage=50", "-XX:MaxRAMPercentage=50.0", "-XX:InitialRAMPercentage=50"})
    void howLargeAHeapMayBecome(String flag) {
        assertThat(heap(flag)).isEqualTo(new HeapSize(4 * GIBIBYTE, 0, flag));
    }

    @Test
    void aHeapThatNoFlagNamesIsAsTheJvmHasIt() {
        assertThat(heap()).isEqualTo(new HeapSize(2 * GIBIBYTE, 0, ""));
        assertThat(heap("@more")).isEqualTo(new HeapSize(2 * GIBIBYTE, 0, ""));
    }

    @Test
    void aSizeCountsBeforeAPercentageAndTheLastOne() {
        assertThat(heap("-Xmx1g", "-XX:MaxRAMPercentage=50", "-Xmx3g").mostBytes()).isEqualTo(3 * GIBIBYTE);
        assertThat(heap("-XX:MaxRAM=4g", "-XX:MaxRAMPercentage=50").mostBytes()).isEqualTo(2 * GIBIBYTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+AlwaysPreTouch", "-XX:+UseLargePages"})
    void aHeapThatIsTakenAtOnce(String flag) {
        assertThat(heap(flag, "-Xms1g", "-Xmx4g"))
                .isEqualTo(new HeapSize(4 * GIBIBYTE, GIBIBYTE, "-Xmx4g -Xms1g " + flag));
        assertThat(heap(flag, "-XX:InitialRAMPercentage=25").firstBytes()).isEqualTo(2 * GIBIBYTE);
        assertThat(heap(flag).firstBytes()).as("1/64 of the memory").isEqualTo(GIBIBYTE / 8);
        assertThat(heap("-Xmx4g", "-Xms1g", flag, flag.replace('+', '-')).firstBytes()).isZero();
    }

    @Test
    void whatIsNoSizeIsLeftToTheJvm() {
        assertThat(heap("-Xmxlots").mostBytes()).isEqualTo(2 * GIBIBYTE);
        assertThat(heap("-XX:MaxRAMPercentage=all").mostBytes()).isEqualTo(2 * GIBIBYTE);
    }
}
