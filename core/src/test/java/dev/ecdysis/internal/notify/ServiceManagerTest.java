package dev.ecdysis.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.Outcome;
import dev.ecdysis.internal.handover.ServiceState;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.Datagram;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import dev.ecdysis.internal.process.NotifySocket;
import dev.ecdysis.internal.process.PidfdId;
import dev.ecdysis.status.DrainingStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said to a socket as systemd has it, by whom and in which order.
class ServiceManagerTest {
    private static final Posix POSIX = LinuxPosix.open();
    private static final int LIMIT_MILLIS = 10_000;
    private static final long SUCCESSOR = 4711;
    private static final long SUCCESSORS_INODE = 42;

    @TempDir
    Path folder;

    private Fd systemd;
    private EventLoop loop;
    private Thread thread;
    private ServiceManager manager;
    private volatile long latestStep = System.nanoTime();
    private volatile Optional<Long> predecessor = Optional.empty();

    private final class Told implements Server {
        private final int generation;

        private Told(int generation) {
            this.generation = generation;
        }

        @Override
        public int generation() {
            return generation;
        }

        @Override
        public Optional<Integer> successorPid() {
            return Optional.of((int) SUCCESSOR);
        }

        @Override
        public OptionalLong successorPidfdId() {
            return OptionalLong.of(SUCCESSORS_INODE);
        }

        @Override
        public Optional<Long> predecessorPid() {
            return predecessor;
        }

        @Override
        public List<DrainingStatus> older() {
            return List.of();
        }

        @Override
        public long connections() {
            return 3;
        }

        @Override
        public long latestStepNanos() {
            return latestStep;
        }

        @Override
        public void beat(boolean on) {
        }
    }

    @BeforeEach
    void listen() throws Exception {
        systemd = POSIX.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0);
        POSIX.bind(systemd, new SockAddr.Unix(folder.resolve("notify")));
        loop = new EventLoop(POSIX);
        thread = Thread.ofPlatform().daemon().start(loop::run);
    }

    @AfterEach
    void end() throws Exception {
        if (manager != null) {
            onLoop(manager::close);
        }
        loop.stop();
        thread.join();
        systemd.close();
    }

    private void onLoop(Runnable action) throws Exception {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                action.run();
                done.complete(true);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        done.get(LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void generation(int number, Map<String, String> environment) throws Exception {
        NotifySocket socket = NotifySocket.of(POSIX, folder.resolve("notify").toString());
        manager = new ServiceManager(POSIX, loop, socket, new Told(number),
                new ServiceManager.Limits(Duration.ofSeconds(60), Duration.ofSeconds(60)),
                name -> Optional.ofNullable(environment.get(name)), false);
        onLoop(manager::begin);
    }

    private void tell(ServiceState state) throws Exception {
        onLoop(() -> manager.tell(state));
    }

    private Datagram next(ByteBuffer buffer) throws IOException {
        PollFd readable = new PollFd(systemd, Linux.POLLIN);
        assertThat(POSIX.poll(List.of(readable), LIMIT_MILLIS)).as("something is said").isEqualTo(1);
        return POSIX.receiveDatagram(systemd, buffer);
    }

    private List<String> next() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(5_000);
        next(buffer);
        return StandardCharsets.UTF_8.decode(buffer.flip()).toString().lines().toList();
    }

    private void assertSilent() throws IOException {
        assertThat(POSIX.poll(List.of(new PollFd(systemd, Linux.POLLIN)), 0)).isZero();
    }

    @Test
    void generationZeroAsksForTimeAndIsReady() throws Exception {
        generation(0, Map.of());
        assertThat(next()).containsExactly("EXTEND_TIMEOUT_USEC=15000000", "STATUS=starting, generation 0");
        tell(ServiceState.SERVING);
        assertThat(next()).containsExactly("READY=1", "STATUS=serving, generation 0");
        tell(ServiceState.STOPPING);
        assertThat(next()).containsExactly("STOPPING=1", "EXTEND_TIMEOUT_USEC=15000000",
                "STATUS=stopping, generation 0; 3 connections left");
    }

    @Test
    void whatCameToNothingIsSaidUntilTheNextTime() throws Exception {
        generation(0, Map.of());
        next();
        tell(ServiceState.SERVING);
        next();
        long before = System.nanoTime() / 1_000;
        onLoop(() -> manager.phase(Phase.PREFLIGHT));
        List<String> begins = next();
        assertThat(begins.getFirst()).isEqualTo("RELOADING=1");
        assertThat(Long.parseLong(begins.get(1).substring("MONOTONIC_USEC=".length())))
                .isBetween(before, System.nanoTime() / 1_000);
        onLoop(() -> manager.ended(new Outcome.Refused("not now"), Optional.empty()));
        assertThat(next()).contains("READY=1",
                "STATUS=serving, generation 0; the upgrade to generation 1 was refused: not now");
        onLoop(() -> manager.phase(Phase.PREFLIGHT));
        assertThat(String.join("\n", next())).contains("RELOADING=1").doesNotContain("refused");
    }

    @Test
    void theNumberOfAnErrorIsSaidAndTakenBack() throws Exception {
        generation(0, Map.of());
        next();
        manager.failed(new IOException("no", new PosixException("bind", "8080", Errno.EADDRINUSE)));
        assertThat(next()).containsExactly("STATUS=not started: no", "ERRNO=98");
        tell(ServiceState.SERVING);
        assertThat(next()).contains("READY=1", "ERRNO=0");
        onLoop(() -> manager.phase(Phase.PREFLIGHT));
        assertThat(String.join("\n", next())).doesNotContain("ERRNO");
        onLoop(() -> manager.ended(new Outcome.Failed(Phase.SPAWNING, "no", OptionalInt.empty()),
                Optional.of(Errno.EAGAIN)));
        assertThat(next()).contains("READY=1", "ERRNO=11");
        onLoop(() -> manager.phase(Phase.PREFLIGHT));
        assertThat(next()).contains("RELOADING=1", "ERRNO=0");
    }

    @Test
    void thisProcessIsNamedByWhatTheKernelCallsIt() throws Exception {
        try (Fd self = POSIX.pidfdOpen((int) OwnProcess.pid())) {
            OptionalLong id = PidfdId.of(POSIX, self);
            Object inode = Files.getAttribute(Path.of("/proc/self/fd/" + self.number()), "unix:ino");
            assertThat(id.isEmpty() || inode.equals(id.getAsLong())).isTrue();
            Assumptions.assumeTrue(id.isPresent(), "needs Linux 6.9");
            try (Fd other = POSIX.pidfdOpen(1)) {
                assertThat(PidfdId.of(POSIX, other)).isPresent().isNotEqualTo(id);
            }
            generation(1, Map.of());
            tell(ServiceState.SERVING);
            assertThat(next()).contains("MAINPID=" + OwnProcess.pid(), "MAINPIDFDID=" + id.getAsLong());
        }
    }

    @Test
    void aSignalThatIsNotHeededEndsItsReload() throws Exception {
        generation(0, Map.of());
        next();
        tell(ServiceState.SERVING);
        next();
        onLoop(() -> manager.signalled("remembered"));
        assertThat(next()).contains("RELOADING=1", "READY=1",
                "STATUS=serving, generation 0; the signal that asks for an upgrade is remembered");
        onLoop(() -> manager.phase(Phase.PREFLIGHT));
        next();
        onLoop(() -> manager.signalled("remembered"));
        assertThat(next()).contains("RELOADING=1").doesNotContain("READY=1");
    }

    @Test
    void theSuccessorIsNamedAndReadyInOneBreathAndThisProcessStaysUntilThatIsRead() throws Exception {
        generation(0, Map.of());
        next();
        tell(ServiceState.SERVING);
        next();
        onLoop(() -> manager.phase(Phase.PREFLIGHT));
        next();
        tell(ServiceState.REPLACED);
        assertThat(next()).contains("MAINPID=" + SUCCESSOR, "MAINPIDFDID=" + SUCCESSORS_INODE, "READY=1",
                "STATUS=serving, generation 1");
        CompletableFuture<Boolean> over = new CompletableFuture<>();
        onLoop(() -> manager.afterwards(() -> over.complete(true)));
        ByteBuffer buffer = ByteBuffer.allocate(100);
        Datagram barrier = next(buffer);
        assertThat(StandardCharsets.UTF_8.decode(buffer.flip()).toString()).isEqualTo("BARRIER=1");
        onLoop(() -> assertThat(over).isNotDone());
        barrier.descriptors().forEach(Fd::close);
        assertThat(over.get(LIMIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        tell(ServiceState.STOPPING);
        onLoop(manager::changed);
        assertSilent();
    }

    @Test
    void aSuccessorIsSilentUntilItIsThereToStay() throws Exception {
        generation(1, Map.of());
        tell(ServiceState.STOPPING);
        onLoop(() -> manager.phase(Phase.PREFLIGHT));
        onLoop(() -> manager.ended(new Outcome.Refused("not now"), Optional.empty()));
        onLoop(() -> manager.signalled("remembered"));
        assertSilent();
        tell(ServiceState.COMMITTED);
        assertSilent();
        assertThat(next()).contains("MAINPID=" + OwnProcess.pid(), "READY=1", "STATUS=serving, generation 1");
    }

    @Test
    void oneThatIsLeftAloneNamesItselfAtOnce() throws Exception {
        generation(1, Map.of());
        tell(ServiceState.SERVING);
        assertThat(next()).contains("MAINPID=" + OwnProcess.pid(), "RELOADING=1", "READY=1");
    }

    /// systemd hears it no sooner: it looks into the PID file as it collects the dead process.
    @Test
    void oneWhosePredecessorHasNotBeenCollectedWaits() throws Exception {
        Process dead = new ProcessBuilder("sleep", "1000").start();
        try {
            predecessor = Optional.of(dead.pid());
            generation(1, Map.of());
            tell(ServiceState.SERVING);
            assertSilent();
        } finally {
            dead.destroyForcibly().waitFor();
        }
        assertThat(next()).contains("MAINPID=" + OwnProcess.pid(), "RELOADING=1", "READY=1");
    }

    @Test
    void theWatchdogHearsOfAServerWhoseAcceptLoopsGoRound() throws Exception {
        generation(0, Map.of("WATCHDOG_USEC", "300000"));
        next();
        latestStep = Long.MAX_VALUE / 2 + System.nanoTime();
        tell(ServiceState.SERVING);
        assertThat(next()).contains("READY=1", "WATCHDOG=1");
        assertThat(next()).containsExactly("WATCHDOG=1");
        latestStep = System.nanoTime() - Duration.ofSeconds(1).toNanos();
        onLoop(() -> manager.signalled("a mark"));
        for (List<String> said = next(); !said.contains("READY=1"); said = next()) {
            assertThat(said).containsExactly("WATCHDOG=1");
        }
        onLoop(() -> {
        });
        assertThat(POSIX.poll(List.of(new PollFd(systemd, Linux.POLLIN)), 500)).as("it hangs, and does not say so")
                .isZero();
    }
}
