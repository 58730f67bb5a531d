package dev.ecdysis.internal.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.InterceptedPosix;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// On the compilers of this JVM, with a scheduler that only notes: whatever this machine allows, and however a test
/// ends, none of them stays slow. The integration tests ask the kernel.
class CompilerThreadsTest {
    private static final int SCHED_BATCH = 3;

    private final Map<Integer, Integer> policies = new HashMap<>();
    private int initial = Linux.SCHED_OTHER;

    private final Posix scheduler = InterceptedPosix.by((proxy, method, arguments) -> switch (method.getName()) {
        case "schedulerOf" -> policies.getOrDefault((int) arguments[0], initial);
        case "setScheduler" -> policies.put((int) arguments[0], (int) arguments[1]);
        default -> throw new AssertionError(method);
    });
    private final CompilerThreads compilers = new CompilerThreads(scheduler, OwnProcess.pid());

    private static Posix failing(String call, Errno errno) {
        return InterceptedPosix.by((proxy, method, arguments) -> {
            if (method.getName().equals(call)) {
                throw new PosixException(call, "thread", errno);
            }
            return Linux.SCHED_OTHER;
        });
    }

    private static Set<Integer> ownCompilers() throws IOException {
        Set<Integer> numbers = new TreeSet<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                if (isCompiler(thread)) {
                    numbers.add(Integer.parseInt(thread.getFileName().toString()));
                }
            }
        }
        return numbers;
    }

    private static boolean isCompiler(Path thread) throws IOException {
        try {
            return Files.readString(thread.resolve("comm")).contains(" Compiler");
        } catch (NoSuchFileException e) { // it has ended since it was listed
            return false;
        }
    }

    @Test
    void areLoweredAndNothingElseIs() throws Exception {
        assertThat(compilers.lower()).isTrue();

        assertThat(policies.keySet()).isNotEmpty().containsAll(ownCompilers());
        assertThat(policies.values()).containsOnly(Linux.SCHED_IDLE);
        // Compilers come and go, but there are never this many.
        assertThat(policies).hasSizeLessThan(10);
    }

    @Test
    void areRaisedAgain() throws Exception {
        initial = Linux.SCHED_IDLE;

        compilers.raise();

        assertThat(policies.keySet()).containsAll(ownCompilers());
        assertThat(policies.values()).containsOnly(Linux.SCHED_OTHER);
    }

    @Test
    void withAnotherPolicyAreLeftAlone() throws Exception {
        initial = SCHED_BATCH;

        assertThat(compilers.lower()).isFalse();
        compilers.raise();

        assertThat(policies).isEmpty();
    }

    @Test
    void ofAProcessThatHasEndedNeedNothing() throws Exception {
        CompilerThreads gone = new CompilerThreads(scheduler, Integer.MAX_VALUE);
        CompilerThreads going = new CompilerThreads(failing("schedulerOf", Errno.ESRCH), OwnProcess.pid());
        for (CompilerThreads none : List.of(gone, going)) {
            assertThat(none.lower()).isFalse();
            none.raise();
        }
        assertThat(policies).isEmpty();
    }

    @Test
    void thatCannotBeSetSaySo() {
        CompilerThreads denied = new CompilerThreads(failing("setScheduler", Errno.EPERM), OwnProcess.pid());

        assertThatThrownBy(denied::lower).isInstanceOf(IOException.class)
                .hasMessageContainingAll("setScheduler", "EPERM");
    }

    @Test
    void theWayBackIsTriedFirst() {
        assertThat(CompilerThreads.obstacle(scheduler)).isEmpty();
        assertThat(policies).hasSize(1);
        assertThat(policies.values()).containsExactly(Linux.SCHED_OTHER);
        assertThat(policies.keySet()).doesNotContain((int) OwnProcess.pid());

        assertThat(CompilerThreads.obstacle(failing("setScheduler", Errno.EPERM))).hasValueSatisfying(
                obstacle -> assertThat(obstacle).contains("SCHED_IDLE"));
        assertThat(CompilerThreads.obstacle(failing("schedulerOf", Errno.ENOMEM))).hasValueSatisfying(
                obstacle -> assertThat(obstacle).contains("ENOMEM"));
        initial = SCHED_BATCH;
        assertThat(CompilerThreads.obstacle(scheduler)).hasValueSatisfying(
                obstacle -> assertThat(obstacle).contains("SCHED_OTHER"));
    }
}
