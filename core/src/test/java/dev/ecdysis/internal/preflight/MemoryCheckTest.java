package dev.ecdysis.internal.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.launch.JvmFlags;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With files as the kernel would have them.
class MemoryCheckTest {
    private static final long MIB = 1 << 20;
    private static final String V1 = "32 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n";
    private static final String V2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

    @TempDir
    private Path root;

    @BeforeEach
    void aLargeMachine() throws IOException {
        write("proc/meminfo", "MemTotal:  16777216 kB\nMemFree: 1 kB\nMemAvailable:  8388608 kB\n");
        write("proc/self/status", "Name:\tjava\nVmRSS:\t  102400 kB\n");
        write("proc/self/mountinfo", "");
        write("proc/self/cgroup", "");
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void version2(String path) throws IOException {
        write("proc/self/mountinfo", V2);
        write("proc/self/cgroup", "0::" + path + "\n");
    }

    private void limit2(String group, String max, long current) throws IOException {
        String folder = "sys/fs/cgroup" + group;
        write(folder + "/memory.max", max + "\n");
        write(folder + "/memory.current", current + "\n");
        write(folder + "/memory.stat", "anon 1\ninactive_file " + 10 * MIB + "\n");
    }

    private MemoryRoom tightest() {
        return MemoryRoom.tightest(root).orElseThrow();
    }

    /// Of a JVM whose heap has 40 of its 100 MiB.
    private List<JvmFlags.Finding> findings(String... options) {
        List<byte[]> words = Stream.concat(Stream.concat(Stream.of("java"), Stream.of(options)), Stream.of("Main"))
                .map(word -> word.getBytes(StandardCharsets.UTF_8)).toList();
        JvmFlags flags = JvmFlags
                .of(LaunchDescription.of(new Message.LaunchDescription(words, List.of(), new byte[] {'/'})));
        return new MemoryCheck(root, 40 * MIB, 128 * MIB).findings(Optional.of(flags));
    }

    private static void assertWarns(List<JvmFlags.Finding> findings, String... parts) {
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.name()).isEqualTo("memory");
            assertThat(finding.found()).contains(parts);
            assertThat(finding.cure()).isNotEmpty();
        });
    }

    @Test
    void withoutCgroupsTheMachineCounts() {
        assertThat(tightest()).isEqualTo(new MemoryRoom(16_384 * MIB, 8_192 * MIB, root.resolve("proc/meminfo")));
        assertThat(MemoryRoom.size(root)).isEqualTo(OptionalLong.of(16_384 * MIB));
        assertThat(findings("-Xmx2g")).singleElement().satisfies(finding -> assertThat(finding.cure()).isEmpty());
        assertWarns(findings("-Xmx6g"), "the machine's memory", "(-Xmx6g)", "6144 MiB");
    }

    @Test
    void nothingIsSaidWhenNothingCanBeRead() throws IOException {
        Files.delete(root.resolve("proc/meminfo"));
        assertThat(findings("-Xmx6g")).isEmpty();
    }

    @Test
    void aLimitOfVersion2() throws IOException {
        version2("/system.slice/app.service");
        limit2("/system.slice/app.service", Long.toString(400 * MIB), 120 * MIB);
        limit2("/system.slice", "max", 900 * MIB);
        assertThat(tightest()).isEqualTo(new MemoryRoom(400 * MIB, 110 * MIB,
                root.resolve("sys/fs/cgroup/system.slice/app.service/memory.max")));
        assertWarns(findings("-Xmx300m"), "400 MiB", "app.service/memory.max", "(-Xmx300m)", "300 MiB");
        assertWarns(findings("-XX:MaxRAMPercentage=75"), "400 MiB", "300 MiB");
        assertThat(findings("-Xmx100m")).singleElement().satisfies(finding -> assertThat(finding.cure()).isEmpty());
        assertThat(findings()).as("the 128 MiB that this JVM has").singleElement()
                .satisfies(finding -> assertThat(finding.found()).contains("128 MiB"));
    }

    @Test
    void aLimitOfAnyAncestorCounts() throws IOException {
        version2("/a/b/c");
        limit2("/a/b/c", "max", 100 * MIB);
        limit2("/a/b", Long.toString(800 * MIB), 100 * MIB);
        limit2("/a", Long.toString(600 * MIB), 500 * MIB);
        assertThat(tightest().source()).isEqualTo(root.resolve("sys/fs/cgroup/a/memory.max"));
        assertWarns(findings("-Xmx100m"), "600 MiB", "has 210 MiB");
    }

    /// Above it the kernel slows the process down until it stands still.
    @Test
    void aHighMarkIsALimitToo() throws IOException {
        version2("/app");
        limit2("/app", "max", 120 * MIB);
        write("sys/fs/cgroup/app/memory.high", 300 * MIB + "\n");
        assertWarns(findings("-Xmx200m"), "300 MiB", "memory.high");
    }

    @Test
    void whatIsTakenAtOnceMustFitIntoWhatIsLeft() throws IOException {
        version2("/app");
        limit2("/app", Long.toString(512 * MIB), 400 * MIB);
        assertWarns(findings("-Xmx384m", "-Xms384m", "-XX:+AlwaysPreTouch"), "as soon as it starts", "122 MiB",
                "444 MiB");
        assertWarns(findings("-Xmx384m", "-XX:+AlwaysPreTouch", "-XX:InitialRAMPercentage=50"), "as soon as it starts");
    }

    @Test
    void aLimitOfVersion1() throws IOException {
        write("proc/self/mountinfo", "31 30 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n" + V1);
        write("proc/self/cgroup", "5:cpu:/x\n4:memory:/box\n0::/\n");
        write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", 400 * MIB + "\n");
        write("sys/fs/cgroup/memory/box/memory.usage_in_bytes", 150 * MIB + "\n");
        write("sys/fs/cgroup/memory/box/memory.stat", "inactive_file 0\ntotal_inactive_file " + 50 * MIB + "\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", 150 * MIB + "\n");
        assertThat(tightest()).isEqualTo(new MemoryRoom(400 * MIB, 100 * MIB,
                root.resolve("sys/fs/cgroup/memory/box/memory.limit_in_bytes")));
        assertWarns(findings("-Xmx300m"), "400 MiB", "memory.limit_in_bytes");
    }

    @Test
    void memoryAndSwapTogetherMayBeLimited() throws IOException {
        write("proc/self/mountinfo", V1);
        write("proc/self/cgroup", "4:memory:/box\n");
        write("sys/fs/cgroup/memory/box/memory.memsw.limit_in_bytes", 400 * MIB + "\n");
        write("sys/fs/cgroup/memory/box/memory.memsw.usage_in_bytes", 100 * MIB + "\n");
        assertThat(tightest().source().toString()).endsWith("memory.memsw.limit_in_bytes");
    }

    /// As in a container without a namespace of its own for cgroups: only its part is mounted.
    @Test
    void onlyAPartOfTheTreeMayBeMounted() throws IOException {
        write("proc/self/mountinfo",
                "32 31 0:32 /docker/abc /sys/fs/cgroup/memory ro,relatime - cgroup cgroup rw,memory\n");
        write("proc/self/cgroup", "4:memory:/docker/abc/inner\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", 400 * MIB + "\n");
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", 100 * MIB + "\n");
        Files.createDirectories(root.resolve("sys/fs/cgroup/memory/inner"));
        assertThat(tightest().limitBytes()).isEqualTo(400 * MIB);
    }

    /// Of a process that was moved out of the namespace that it sees, or whose path is not mounted here.
    @Test
    void aPathThatCannotBeSeenLeadsToTheTop() throws IOException {
        for (String path : List.of("/../../elsewhere", "/not/here")) {
            version2(path);
            limit2("", Long.toString(400 * MIB), 100 * MIB);
            assertThat(tightest().source()).isEqualTo(root.resolve("sys/fs/cgroup/memory.max"));
        }
    }

    @Test
    void aGroupThatIsKilledAsAWhole() throws IOException {
        version2("/pod/container");
        limit2("/pod/container", "max", 100 * MIB);
        write("sys/fs/cgroup/pod/container/memory.oom.group", "0\n");
        write("sys/fs/cgroup/pod/memory.oom.group", "1\n");
        assertThat(findings("-Xmx100m")).last().satisfies(finding -> {
            assertThat(finding.name()).isEqualTo("out of memory");
            assertThat(finding.found()).contains("pod/memory.oom.group is 1", "together with its successor");
            assertThat(finding.cure()).isNotEmpty();
        });
        write("sys/fs/cgroup/pod/memory.oom.group", "0\n");
        assertThat(findings("-Xmx100m")).noneMatch(finding -> finding.name().equals("out of memory"));
    }

    @Test
    void whatIsSaidOfThisMachineNeedsNoServer() throws IOException {
        version2("/app");
        limit2("/app", Long.toString(400 * MIB), 100 * MIB);
        assertThat(new MemoryCheck(root, 1, 1).surroundings()).singleElement().satisfies(finding -> {
            assertThat(finding.found()).contains("310 MiB of 400 MiB");
            assertThat(finding.cure()).isEmpty();
        });
    }

    /// Whatever this machine has.
    @Test
    void thisMachineCanBeRead() {
        assertThat(MemoryRoom.tightest(Path.of("/"))).isPresent();
        assertThat(new MemoryCheck().findings(Optional.empty())).isNotEmpty();
    }
}
