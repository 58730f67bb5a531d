package dev.ecdysis.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.posix.Descriptors;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.KernelTest;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.PosixUnavailableException;
import dev.ecdysis.internal.posix.SpawnRequest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What crosses exec, in each way of starting a process.
class SpawnCallsTest extends KernelTest {
    private static final int OUT = 3;
    /// Far above what a test's JVM has open.
    private static final int FREE = 1_500;

    @ParameterizedTest
    @EnumSource
    void nothingCrossesExecButStdioAndWhatWasNamed(SpawnMethod way) throws Exception {
        Fd between = inheritable(FREE);
        Fd above = inheritable(FREE + 2);
        assertThat(List.of(between, above)).noneMatch(Descriptors::isCloseOnExec);
        Fd named = closeLater(POSIX.socketpair()).first();

        // ls itself has one more, for the folder it reads: the lowest that is free.
        String list = "exec ls -v /proc/self/fd >&3";
        assertThat(output(way, list, Map.of())).isEqualTo("0\n1\n2\n3\n4\n");
        assertThat(output(way, list, Map.of(FREE + 1, named)))
                .isEqualTo("0\n1\n2\n3\n4\n" + (FREE + 1) + "\n");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNamedCrossesThoughItWasInheritableOrNot(SpawnMethod way) throws Exception {
        Fd first = closeLater(POSIX.socketpair()).first();
        Fd second = inheritable(FREE);
        // Swapped, so both go through duplicates; what is marked there must not be marked in the child.
        Map<Integer, Fd> swapped = Map.of(first.number(), second, FREE, first);

        assertThat(
                output(way, "readlink /proc/$$/fd/" + first.number() + " /proc/$$/fd/" + FREE + " >&3; true", swapped))
                .isEqualTo(Descriptors.target(second) + "\n" + Descriptors.target(first) + "\n");
    }

    @ParameterizedTest
    @EnumSource
    void stdioIsInherited(SpawnMethod way) throws Exception {
        // Some shells redirect their own output while a command runs.
        String links = "links=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2); echo \"$links\" >&3";

        assertThat(output(way, links, Map.of())).isEqualTo(stdio(0) + "\n" + stdio(1) + "\n" + stdio(2) + "\n");
        Fd pipe = closeLater(POSIX.pipe2()).second();
        assertThat(output(way, links, Map.of(2, pipe)))
                .isEqualTo(stdio(0) + "\n" + stdio(1) + "\n" + Descriptors.target(pipe) + "\n");
        assertThat(output(way, links, Map.of(1, pipe)))
                .isEqualTo(stdio(0) + "\n" + Descriptors.target(pipe) + "\n" + stdio(2) + "\n");
    }

    @ParameterizedTest
    @EnumSource
    void aChildThatCannotBeStartedLeavesNothing(SpawnMethod way) {
        SpawnRequest missing = new SpawnRequest("/no/such/program", List.of(), List.of(), bytes("/tmp"), Map.of());

        assertThat(failureOf(() -> LinuxPosix.spawning(way).spawn(missing)))
                .hasMessage("posix_spawn(/no/such/program in /tmp): ENOENT (no such file or directory)");
    }

    @Test
    void onlyOneWayMarksWhatIsOpenHere() throws Exception {
        Fd inheritable = inheritable(FREE);

        output(SpawnMethod.CLOSEFROM, "true", Map.of());
        assertThat(Descriptors.isCloseOnExec(inheritable)).isFalse();
        output(SpawnMethod.CLOSE_RANGE, "true", Map.of());
        assertThat(Descriptors.isCloseOnExec(inheritable)).isTrue();
    }

    @Test
    void theChildClosesWhereLibcCanTellItTo() {
        assertThat(SpawnMethod.AUTOMATIC.byTheChild(true)).isTrue();
        assertThat(SpawnMethod.AUTOMATIC.byTheChild(false)).isFalse();
        assertThat(SpawnMethod.CLOSEFROM.byTheChild(false)).isTrue();
        assertThat(SpawnMethod.CLOSE_RANGE.byTheChild(true)).isFalse();
        assertThat(LinuxPosix.spawning(SpawnMethod.CLOSE_RANGE).spawnMayLeak()).isTrue();
        assertThat(LinuxPosix.spawning(SpawnMethod.CLOSEFROM).spawnMayLeak()).isFalse();
    }

    @Test
    void thePropertyForcesAWay() {
        assertThat(SpawnMethod.of("")).isEqualTo(SpawnMethod.AUTOMATIC);
        assertThat(SpawnMethod.of("closefrom")).isEqualTo(SpawnMethod.CLOSEFROM);
        assertThat(SpawnMethod.of("close-range")).isEqualTo(SpawnMethod.CLOSE_RANGE);
        assertThatThrownBy(() -> SpawnMethod.of("fork")).isInstanceOf(PosixUnavailableException.class)
                .hasMessage("-Ddev.ecdysis.spawn=fork is no way to start a process; write closefrom or close-range");
    }

    /// The terminal of a session is not that of another one.
    @ParameterizedTest
    @EnumSource
    void aSessionOfItsOwnIfAskedFor(SpawnMethod way) throws PosixException {
        String pidAndSession = "echo $$ $(cut -d ' ' -f 6 /proc/$$/stat) >&3";
        String[] own = output(way, pidAndSession, Map.of(), true).strip().split(" ", -1);
        assertThat(own[1]).isEqualTo(own[0]);
        String[] ours = output(way, pidAndSession, Map.of(), false).strip().split(" ", -1);
        assertThat(ours[1]).isNotEqualTo(ours[0]);
    }

    @Test
    void anOldKernelIsNamed() {
        for (Errno errno : List.of(Errno.ENOSYS, Errno.EINVAL)) {
            assertThat(SpawnCalls.closeRangeFailed(errno)).hasMessage("close_range(no"
                    + " posix_spawn_file_actions_addclosefrom_np in this C library, and Linux older than 5.11): "
                    + Errno.ENOSYS);
        }
        assertThat(SpawnCalls.closeRangeFailed(Errno.EPERM))
                .hasMessage("close_range(CLOSE_RANGE_CLOEXEC): " + Errno.EPERM);
    }

    /// A socket with this number that crosses exec, as those of the JDK do.
    private Fd inheritable(int number) throws PosixException {
        POSIX.dup3(closeLater(POSIX.socketpair()).first(), number, false);
        return closeLater(Fd.own(POSIX, number));
    }

    private static String stdio(int number) {
        Fd fd = Fd.own(POSIX, number);
        try {
            return Descriptors.target(fd);
        } finally {
            fd.release();
        }
    }

    /// Runs a shell script and returns what it writes to descriptor 3.
    private String output(SpawnMethod way, String script, Map<Integer, Fd> more) throws PosixException {
        return output(way, script, more, false);
    }

    private String output(SpawnMethod way, String script, Map<Integer, Fd> more, boolean newSession)
            throws PosixException {
        FdPair pipe = closeLater(POSIX.pipe2());
        Map<Integer, Fd> descriptors = new HashMap<>(more);
        descriptors.put(OUT, pipe.second());
        int pid = LinuxPosix.spawning(way).spawn(new SpawnRequest(bytes("/bin/sh"),
                List.of(bytes("sh"), bytes("-c"), bytes(script)), List.of(), bytes("/"), descriptors, newSession));
        pipe.second().close();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (POSIX.read(pipe.first(), buffer.clear()) > 0) {
            all.write(buffer.array(), 0, buffer.position());
        }
        try (Fd pidfd = POSIX.pidfdOpen(pid)) {
            assertThat(POSIX.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), 10_000)).isOne();
            assertThat(POSIX.waitid(pidfd)).hasValue(0);
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
