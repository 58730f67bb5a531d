package dev.ecdysis.internal.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.output.Relays;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.KernelTest;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SpawnRequest;
import dev.ecdysis.internal.procfs.ChildProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForkHelperTest extends KernelTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Relays relays = new Relays(POSIX);

    @AfterEach
    void relayed() throws Exception {
        relays.await(LONG);
    }

    private SuccessorProcess start(String... command) throws IOException {
        return SuccessorProcess.start(POSIX, LaunchDescription.ofThisProcess(POSIX).withCommand(List.of(command)),
                relays,
                false, Optional.of(ForkHelper.find().orElseThrow()));
    }

    private static void awaitEnd(Fd pidfd) throws IOException {
        PollFd end = new PollFd(pidfd, Linux.POLLIN);
        assertThat(POSIX.poll(List.of(end), (int) LONG.toMillis())).isEqualTo(1);
    }

    private static void close(SuccessorProcess process) {
        process.end().close();
        process.pidfd().close();
        process.socket().close();
    }

    @Test
    void itIsBetweenTheTwo() throws Exception {
        SuccessorProcess process = start("/bin/sleep", "1000");
        int helper = process.helper().orElseThrow().pid();
        assertThat(ChildProcesses.isChild(helper, process.pid())).isTrue();
        assertThat(ChildProcesses.isChild((int) ProcessHandle.current().pid(), helper)).isTrue();
        assertThat(SuccessorProcess.outOfMemoryScore(process.pid())).isEqualTo(1000);
        await().until(() -> Files.readString(Path.of("/proc/" + process.pid() + "/comm")).equals("sleep\n"));
        assertThat(Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))).isEqualTo("/bin/sleep\0001000\0");
        process.end(POSIX);
        assertThat(ProcessHandle.of(helper)).isEmpty();
        await().until(() -> ProcessHandle.of(process.pid()).isEmpty());
    }

    /// Also one that is a signal's number.
    @ParameterizedTest
    @ValueSource(ints = {7, 9})
    void itHandsOnTheExitStatus(int status) throws Exception {
        SuccessorProcess process = start("/bin/sh", "-c", "exit " + status);
        awaitEnd(process.end());
        assertThat(process.reap(POSIX)).hasValue(status);
        close(process);
    }

    /// setsid itself ends with 9 then.
    @Test
    void whoWasKilledIsSaidToHaveBeenKilled() throws Exception {
        SuccessorProcess process = start("/bin/sleep", "1000");
        SuccessorProcess.kill(POSIX, process.pidfd());
        awaitEnd(process.end());
        OptionalInt status = process.reap(POSIX);
        Assumptions.assumeTrue(isKnownToTheKernel(process.pidfd()), "needs Linux 6.15");
        assertThat(status).hasValue(128 + Linux.SIGKILL);
        close(process);
    }

    private static boolean isKnownToTheKernel(Fd pidfd) {
        try {
            return POSIX.exitStatus(pidfd).isPresent();
        } catch (PosixException e) {
            assertThat(e.errno()).isIn(new Errno(25), Errno.EINVAL); // ENOTTY
            return false;
        }
    }

    @Test
    void withoutItTheOtherGoesOnAsAnOrphan() throws Exception {
        SuccessorProcess process = start("/bin/sleep", "1000");
        ForkHelper helper = process.helper().orElseThrow();
        SuccessorProcess.kill(POSIX, helper.pidfd());
        awaitEnd(helper.pidfd());
        assertThat(process.reap(POSIX)).hasValue(128 + Linux.SIGKILL);
        assertThat(ChildProcesses.isChild(helper.pid(), process.pid())).isFalse();
        assertThat(ProcessHandle.of(process.pid())).isPresent();
        SuccessorProcess.kill(POSIX, process.pidfd());
        awaitEnd(process.pidfd());
        close(process);
    }

    @Test
    void whatHasEndedBeforeItCouldBeSeenIsToldOfByTheHelper() throws Exception {
        int pid = POSIX.spawn(new SpawnRequest("/bin/true", List.of("true".getBytes(US_ASCII)), List.of(),
                "/".getBytes(US_ASCII), Map.of()));
        try (Fd pidfd = POSIX.pidfdOpen(pid)) {
            assertThat(new ForkHelper(pid, pidfd).child(POSIX)).isEmpty();
            assertThat(POSIX.waitid(pidfd)).hasValue(0);
        }
    }
}
