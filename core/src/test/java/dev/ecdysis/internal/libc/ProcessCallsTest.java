package dev.ecdysis.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.posix.Descriptors;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.KernelTest;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SpawnRequest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessCallsTest extends KernelTest {
    /// Where the child finds the pipe that the test reads.
    private static final int OUT = 3;

    @TempDir
    Path folder;

    @Test
    void aChildHasStdioAndWhatWasNamed() throws Exception {
        closeLater(POSIX.socketpair());

        // ls itself has one more, for the folder it reads: the lowest that is free.
        String list = "exec ls /proc/self/fd >&3";
        assertThat(output(list, Map.of())).isEqualTo("0\n1\n2\n3\n4\n");
        assertThat(output(list, Map.of(7, notASocket()))).isEqualTo("0\n1\n2\n3\n4\n7\n");
    }

    @Test
    void descriptorsReachTheirNumbersWhateverTheyHaveHere() throws Exception {
        Fd first = closeLater(POSIX.socketpair()).first();
        Fd second = closeLater(POSIX.socketpair()).first();
        // Swapped, and one onto its own number: an order of plain dup2 calls that is right does not exist.
        Map<Integer, Fd> swapped = Map.of(first.number(), second, second.number(), first);
        String script = "readlink /proc/$$/fd/" + first.number() + " /proc/$$/fd/" + second.number()
                + " >&3; true";

        assertThat(output(script, swapped))
                .isEqualTo(Descriptors.target(second) + "\n" + Descriptors.target(first) + "\n");
        assertThat(output("readlink /proc/$$/fd/" + first.number() + " >&3; true",
                Map.of(first.number(), first)))
                .isEqualTo(Descriptors.target(first) + "\n");
    }

    @Test
    void stdoutAndStderrCanBeReplacedAndStdinCannot() throws Exception {
        FdPair pipe = closeLater(POSIX.pipe2());

        int pid = POSIX.spawn(shell("echo yes; echo no >&2", List.of(), List.of(),
                Map.of(1, pipe.second(), 2, pipe.second())));
        pipe.second().close();

        assertThat(readAll(pipe.first())).isEqualTo("yes\nno\n");
        assertThat(statusOf(pid)).hasValue(0);
        assertThatThrownBy(() -> POSIX.spawn(shell("true", List.of(), List.of(), Map.of(0, pipe.first()))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void argumentsAndEnvironmentArriveAsGiven() throws Exception {
        assertThat(output("printf '[%s]' \"$@\" >&3", Map.of(), "", "a b", "ä", ""))
                .isEqualTo("[][a b][ä][]");
        assertThat(output("tr '\\0' '|' </proc/$$/environ >&3; true", Map.of())).isEqualTo("LANG=C|EMPTY=|");
    }

    @Test
    void aZeroByteIsRefused() {
        SpawnRequest request = shell("true", List.of("a\0b"), List.of(), Map.of());

        assertThatThrownBy(() -> POSIX.spawn(request)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a zero byte in the argument a?b");
    }

    @Test
    void theChildStartsInTheDirectory() throws Exception {
        assertThat(output("readlink /proc/$$/cwd >&3; true", Map.of())).isEqualTo(folder.toRealPath() + "\n");
    }

    @Test
    void noSignalIsBlockedAndBrokenPipesKillAgain() throws Exception {
        String signals = output("grep -E 'SigBlk|SigIgn' /proc/self/status >&3", Map.of());

        assertThat(signals).contains("SigBlk:\t0000000000000000");
        long ignored = Long.parseUnsignedLong(signals.replaceAll("(?s).*SigIgn:\\s+([0-9a-f]+).*", "$1"), 16);
        assertThat(ignored & (1L << (13 - 1))).as("SIGPIPE").isZero();
    }

    @Test
    void whatCannotBeStartedIsAnError() {
        SpawnRequest missing = new SpawnRequest("/no/such/program", List.of(), List.of(), bytes("/tmp"),
                Map.of());
        SpawnRequest nowhere = new SpawnRequest("/bin/true", List.of(bytes("true")), List.of(),
                bytes("/no/such"),
                Map.of());

        assertThat(failureOf(() -> POSIX.spawn(missing)))
                .hasMessage("posix_spawn(/no/such/program in /tmp): ENOENT (no such file or directory)");
        assertThat(errnoOf(() -> POSIX.spawn(nowhere))).isEqualTo(Errno.ENOENT);
    }

    @Test
    void aPidfdTellsThatTheChildEndedAndHow() throws Exception {
        FdPair pipe = closeLater(POSIX.pipe2());
        int pid = POSIX.spawn(shell("read line <&3; exit 7", List.of(), List.of(), Map.of(3, pipe.first())));
        Fd pidfd = closeLater(POSIX.pidfdOpen(pid));
        PollFd end = new PollFd(pidfd, Linux.POLLIN);

        assertThat(POSIX.poll(List.of(end), 0)).isZero();
        assertThat(POSIX.waitid(pidfd)).isEmpty();
        POSIX.write(pipe.second(), ByteBuffer.wrap(bytes("go\n")));

        assertThat(POSIX.poll(List.of(end), 10_000)).isOne();
        assertThat(POSIX.waitid(pidfd)).hasValue(7);
        assertThat(errnoOf(() -> POSIX.waitid(pidfd))).isEqualTo(Errno.ECHILD);
        assertThat(failureOf(() -> POSIX.pidfdSendSignal(pidfd, Linux.SIGTERM)))
                .hasMessage("pidfd_send_signal(" + pidfd + ", signal 15): ESRCH (no such process)");
    }

    @Test
    void aSignalCountsFrom128() throws Exception {
        FdPair pipe = closeLater(POSIX.pipe2());
        int pid = POSIX.spawn(shell("read line <&3", List.of(), List.of(), Map.of(3, pipe.first())));
        Fd pidfd = closeLater(POSIX.pidfdOpen(pid));

        POSIX.pidfdSendSignal(pidfd, Linux.SIGKILL);

        POSIX.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), 10_000);
        assertThat(POSIX.waitid(pidfd)).hasValue(128 + 9);
    }

    @Test
    void onlyChildrenAreReapedAndOnlyTheLivingHavePidfds() throws Exception {
        Fd ourselves = closeLater(POSIX.pidfdOpen((int) ProcessHandle.current().pid()));

        assertThat(errnoOf(() -> POSIX.waitid(ourselves))).isEqualTo(Errno.ECHILD);
        assertThat(errnoOf(() -> POSIX.pidfdSendSignal(ourselves, 999))).isEqualTo(Errno.EINVAL);
        assertThat(failureOf(() -> POSIX.pidfdOpen(Integer.MAX_VALUE)))
                .hasMessage("pidfd_open(pid 2147483647): ESRCH (no such process)");
    }

    @Test
    void unsetenvRemovesAVariable() throws Exception {
        Libc libc = Libc.link();
        try (Call set = libc.call("setenv"); Call get = libc.call("getenv")) {
            long name = set.string(bytes("ECDYSIS_TEST")).address();
            set.invoke(name, set.string(bytes("x")).address(), 1);
            assertThat(get.invokeLongUninterrupted(name)).isNotZero();

            POSIX.unsetenv("ECDYSIS_TEST");

            assertThat(get.invokeLongUninterrupted(name)).isZero();
        }
        assertThat(errnoOf(() -> POSIX.unsetenv("a=b"))).isEqualTo(Errno.EINVAL);
    }

    @Test
    void environmentIsWhatTheCLibraryHasNow() throws Exception {
        Libc libc = Libc.link();
        try (Call set = libc.call("setenv")) {
            set.invoke(set.string(bytes("ECDYSIS_TEST")).address(), set.string(new byte[] {(byte) 0xff}).address(), 1);
            byte[] entry = bytes("ECDYSIS_TEST=?");
            entry[entry.length - 1] = (byte) 0xff;

            assertThat(POSIX.environment()).contains(entry);

            POSIX.unsetenv("ECDYSIS_TEST");
            assertThat(POSIX.environment()).isNotEmpty().doesNotContain(entry);
        }
    }

    @Test
    void aFunctionThatThisLibraryLacksIsEnosys() {
        assertThat(failureOf(() -> Libc.link().call("no_such_function")))
                .hasMessage("no_such_function(not in this C library): ENOSYS (function not available)");
    }

    @Test
    void geteuidIsTheOwnerOfOurProcess() throws Exception {
        assertThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid")).isEqualTo(POSIX.geteuid());
    }

    /// Runs a shell script and returns what it writes to descriptor 3.
    private String output(String script, Map<Integer, Fd> more, String... arguments) throws PosixException {
        FdPair pipe = closeLater(POSIX.pipe2());
        Map<Integer, Fd> descriptors = new HashMap<>(more);
        descriptors.put(OUT, pipe.second());
        int pid = POSIX.spawn(shell(script, List.of(arguments), List.of("LANG=C", "EMPTY="), descriptors));
        pipe.second().close();
        String output = readAll(pipe.first());
        assertThat(statusOf(pid)).hasValue(0);
        return output;
    }

    private SpawnRequest shell(String script, List<String> arguments, List<String> environment,
            Map<Integer, Fd> descriptors) {
        List<byte[]> all = new ArrayList<>(List.of(bytes("sh"), bytes("-c"), bytes(script), bytes("sh")));
        arguments.forEach(argument -> all.add(bytes(argument)));
        return new SpawnRequest("/bin/sh", all, environment.stream().map(ProcessCallsTest::bytes).toList(),
                bytes(folder.toString()), descriptors);
    }

    private static OptionalInt statusOf(int pid) throws PosixException {
        try (Fd pidfd = POSIX.pidfdOpen(pid)) {
            assertThat(POSIX.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), 10_000)).isOne();
            return POSIX.waitid(pidfd);
        }
    }

    private static String readAll(Fd pipe) throws PosixException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (POSIX.read(pipe, buffer.clear()) > 0) {
            all.write(buffer.array(), 0, buffer.position());
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aThreadsSchedulingPolicyIsReadAndSet() throws Exception {
        // On a thread of its own: without the privilege there is no way back.
        List<Integer> policies = new ArrayList<>();
        List<PosixException> failures = new ArrayList<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                policies.add(POSIX.schedulerOf(0));
                POSIX.setScheduler(0, Linux.SCHED_IDLE);
                policies.add(POSIX.schedulerOf(0));
            } catch (PosixException e) {
                failures.add(e);
            }
        });
        thread.join();

        assertThat(failures).isEmpty();
        assertThat(policies).containsExactly(Linux.SCHED_OTHER, Linux.SCHED_IDLE);
        assertThatThrownBy(() -> POSIX.schedulerOf(Integer.MAX_VALUE)).isInstanceOf(PosixException.class)
                .hasMessageContainingAll("sched_getscheduler", "thread 2147483647", "ESRCH");
        assertThatThrownBy(() -> POSIX.setScheduler(Integer.MAX_VALUE, Linux.SCHED_IDLE))
                .isInstanceOf(PosixException.class).hasMessageContainingAll("sched_setscheduler", "ESRCH");
    }

    @Test
    void theScoreIsRaisedAndComesBack() throws Exception {
        Path file = Path.of("/proc/self/oom_score_adj");
        String before = Files.readString(file);
        POSIX.setOutOfMemoryScore(OwnProcess.pid(), 1000);
        assertThat(Files.readString(file)).isEqualTo("1000\n");
        POSIX.setOutOfMemoryScore(OwnProcess.pid(), Integer.parseInt(before.strip()));
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void aScoreOfNobodyNamesTheFile() {
        assertThatThrownBy(() -> POSIX.setOutOfMemoryScore(0, 1000))
                .hasMessageContaining("open").hasMessageContaining("/proc/0/oom_score_adj")
                .hasMessageContaining("ENOENT");
        long pid = OwnProcess.pid();
        assertThatThrownBy(() -> POSIX.setOutOfMemoryScore(pid, 1001)).hasMessageContaining("write")
                .hasMessageContaining("/proc/" + pid + "/oom_score_adj, 1001").hasMessageContaining("EINVAL");
    }

    @Test
    void aThreadsNiceValueIsReadAndSetAndNotInherited() throws Exception {
        List<Integer> seen = new ArrayList<>();
        List<PosixException> failures = new ArrayList<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                seen.add(POSIX.nice());
                POSIX.setNice(7);
                seen.add(POSIX.nice());
                POSIX.setNice(-7);
                seen.add(POSIX.nice());
                Thread child = Thread.ofPlatform().start(() -> {
                    try {
                        seen.add(POSIX.nice());
                    } catch (PosixException e) {
                        failures.add(e);
                    }
                });
                child.join();
            } catch (PosixException e) {
                failures.add(e);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        thread.join();

        int own = POSIX.nice();
        if (failures.isEmpty()) {
            assertThat(seen).containsExactly(own, 7, -7, 0);
        } else { // without the privilege
            assertThat(failures).singleElement().satisfies(e -> assertThat(e.is(Errno.EPERM)).isTrue());
            assertThat(seen).containsExactly(own, 7);
        }
    }
}
