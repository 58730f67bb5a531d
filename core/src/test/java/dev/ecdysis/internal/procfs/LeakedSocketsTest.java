package dev.ecdysis.internal.procfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.output.Relays;
import dev.ecdysis.internal.posix.Descriptors;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.InterceptedPosix;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SpawnRequest;
import dev.ecdysis.internal.process.SuccessorProcess;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeakedSocketsTest {
    private static final int UNNAMED = 9;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final FaultingPosix real = new FaultingPosix(LinuxPosix.open());
    private final Relays relays = new Relays(real);
    private final List<Integer> started = new ArrayList<>();
    private int leaks;
    private boolean mayLeak = true;

    @AfterEach
    void nothingIsLeft() {
        assertThat(real.openDescriptors()).isEmpty();
        assertThat(started).allMatch(pid -> ProcessHandle.of(pid).isEmpty());
    }

    @Test
    void allSocketsCountButThoseThatWereGiven() {
        Map<Integer, String> plain = Map.of(0, "/dev/null", 1, "pipe:[1]", 2, "pipe:[2]", 3, "socket:[3]");

        assertThat(LeakedSockets.among(plain, "socket:[3]")).isEmpty();
        assertThat(LeakedSockets.among(plain, "socket:[4]")).containsExactly("socket:[3]");
        assertThat(LeakedSockets.among(and(plain, 4, "socket:[4]"), "socket:[3]")).containsExactly("socket:[4]");
        assertThat(LeakedSockets.among(and(plain, 4, "/usr/lib/socket:[4]"), "socket:[3]")).isEmpty();
        assertThat(LeakedSockets.among(Map.of(), "socket:[3]")).isEmpty();
    }

    @Test
    void stdioMayBeASocketAndShellsKeepASecondOne() {
        Map<Integer, String> journal = Map.of(0, "/dev/null", 1, "socket:[1]", 2, "pipe:[2]", 3, "socket:[3]", 10,
                "socket:[1]", 11, "socket:[3]");

        assertThat(LeakedSockets.among(journal, "socket:[3]")).isEmpty();
    }

    @Test
    void aRealOneIsFound() throws Exception {
        try (FdPair given = real.socketpair(); FdPair other = real.socketpair()) {
            String link = Descriptors.target(given.second());
            assertThat(leakedOf(Map.of(3, given.second()), link)).isEmpty();
            assertThat(leakedOf(Map.of(3, given.second(), UNNAMED, other.second()), link))
                    .containsExactly(Descriptors.target(other.second()));
        }
    }

    @Test
    void oneThatHasEndedHasNone() throws Exception {
        int pid = spawn("/bin/true", Map.of());
        try (Fd pidfd = real.pidfdOpen(pid)) {
            real.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), 10_000);
            assertThat(LeakedSockets.of(real, pid, pidfd, "")).isEmpty();
            real.waitid(pidfd);
            // The folder is gone as well.
            assertThat(LeakedSockets.of(real, pid, pidfd, "")).isEmpty();
        }
    }

    @Test
    void whatCannotBeSeenIsAnError() throws Exception {
        try (Fd ourselves = real.pidfdOpen((int) ProcessHandle.current().pid())) {
            assertThatThrownBy(() -> LeakedSockets.of(real, Integer.MAX_VALUE, ourselves, ""))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot see whether process 2147483647 has inherited a connection")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void aSuccessorIsStartedAgainUntilItHasNone() throws Exception {
        leaks = 2;
        SuccessorProcess successor = SuccessorProcess.start(leaking(), sleeping(), relays, false);
        try (Fd pidfd = successor.pidfd(); Fd _ = successor.socket()) {
            assertThat(started).hasSize(3).last().isEqualTo(successor.pid());
            assertThat(started.subList(0, 2)).allMatch(pid -> ProcessHandle.of(pid).isEmpty());
            end(pidfd);
        }
        relays.await(LONG);
    }

    @Test
    void notForEver() {
        leaks = Integer.MAX_VALUE;

        assertThatThrownBy(() -> SuccessorProcess.start(leaking(), sleeping(), relays, false))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot start the new version: 5 times in a row it has inherited a connection; upgrade when"
                        + " there is less load, or use glibc 2.34 or newer");
        assertThat(started).hasSize(5);
    }

    @Test
    void whereNothingCanLeakNobodyLooks() throws Exception {
        leaks = 1;
        mayLeak = false;
        SuccessorProcess successor = SuccessorProcess.start(leaking(), sleeping(), relays, false);
        try (Fd pidfd = successor.pidfd(); Fd _ = successor.socket()) {
            assertThat(started).containsExactly(successor.pid());
            end(pidfd);
        }
        relays.await(LONG);
    }

    @Test
    void aProcessThatCannotBeWatchedIsNotStartedAgain() {
        real.failAt("pidfdOpen", 1, Errno.EMFILE);

        assertThatThrownBy(() -> SuccessorProcess.start(leaking(), sleeping(), relays, false))
                .isInstanceOf(PosixException.class);
        assertThat(started).hasSize(1);
    }

    /// The real system calls, but the first few children have a socket that nobody named.
    private Posix leaking() {
        return InterceptedPosix.by((_, method, arguments) -> switch (method.getName()) {
            case "spawnMayLeak" -> mayLeak;
            case "spawn" -> spawnLeaking((SpawnRequest) arguments[0]);
            default -> InterceptedPosix.call(real, method, arguments);
        });
    }

    private int spawnLeaking(SpawnRequest request) throws PosixException {
        try (FdPair other = real.socketpair()) {
            boolean leak = started.size() < leaks;
            int pid = real.spawn(new SpawnRequest(request.program(), request.arguments(), request.environment(),
                    request.directory(),
                    leak ? and(request.descriptors(), UNNAMED, other.second()) : request.descriptors(),
                    request.newSession()));
            started.add(pid);
            return pid;
        }
    }

    private Set<String> leakedOf(Map<Integer, Fd> descriptors, String given) throws IOException {
        int pid = spawn("/bin/sleep", descriptors);
        try (Fd pidfd = real.pidfdOpen(pid)) {
            Set<String> leaked = LeakedSockets.of(real, pid, pidfd, given);
            end(pidfd);
            return leaked;
        }
    }

    private int spawn(String program, Map<Integer, Fd> descriptors) throws PosixException {
        int pid = real.spawn(new SpawnRequest(program, List.of(bytes(program), bytes("1000")), List.of(), bytes("/"),
                descriptors));
        started.add(pid);
        return pid;
    }

    private void end(Fd pidfd) throws PosixException {
        SuccessorProcess.kill(real, pidfd);
        assertThat(real.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), 10_000)).isOne();
        assertThat(real.waitid(pidfd)).hasValue(128 + Linux.SIGKILL);
    }

    private static LaunchDescription sleeping() {
        return LaunchDescription.of(new Message.LaunchDescription(
                Stream.of("/bin/sleep", "1000").map(LeakedSocketsTest::bytes).toList(), List.of(), bytes("/")));
    }

    private static <T> Map<Integer, T> and(Map<Integer, T> map, int number, T value) {
        Map<Integer, T> more = new HashMap<>(map);
        more.put(number, value);
        return more;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
