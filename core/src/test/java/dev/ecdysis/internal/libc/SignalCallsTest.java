package dev.ecdysis.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.posix.Datagram;
import dev.ecdysis.internal.posix.Descriptors;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.KernelTest;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.PeerCredentials;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Reaped;
import dev.ecdysis.internal.posix.SockAddr;
import dev.ecdysis.internal.posix.SpawnRequest;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Signals that are read, and what a process needs that starts others on behalf of somebody.
class SignalCallsTest extends KernelTest {
    private static final int SIGKILL = 9;
    private static final long REAL_TIME = 1L << (40 - 1);

    @Test
    void aThreadBlocksSignals() throws Exception {
        List<Object> outcome = new ArrayList<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                outcome.add(blocked().testBit(40 - 1));
                POSIX.blockSignals(REAL_TIME);
                outcome.add(blocked().testBit(40 - 1));
            } catch (IOException e) {
                outcome.add(e);
            }
        });
        thread.join();
        assertThat(outcome).containsExactly(false, true);
    }

    private static BigInteger blocked() throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("SigBlk:"))
                .map(line -> new BigInteger(line.substring("SigBlk:".length()).strip(), 16)).findFirst().orElseThrow();
    }

    @Test
    void aDescriptorForSignalsIsThereAndEmpty() throws Exception {
        Fd fd = closeLater(POSIX.signalfd(REAL_TIME));
        assertThat(Descriptors.target(fd)).contains("signalfd");
        assertThat(Descriptors.isCloseOnExec(fd)).isTrue();
        assertThat(errnoOf(() -> POSIX.read(fd, ByteBuffer.allocate(128)))).isEqualTo(Errno.EAGAIN);
        assertThat(errnoOf(() -> POSIX.read(fd, ByteBuffer.allocate(127)))).as("room for no signal")
                .isEqualTo(Errno.EINVAL);
    }

    @Test
    void aSignalIsSetToItsDefault() throws Exception {
        POSIX.defaultSignal(Linux.SIGCHLD);
        assertThat(failureOf(() -> POSIX.defaultSignal(SIGKILL))).hasMessageContainingAll("signal", "9", "EINVAL");
    }

    @Test
    void anyChildThatHasEndedIsReaped() throws Exception {
        int pid = POSIX.spawn(new SpawnRequest("/bin/sh", List.of(bytes("sh"), bytes("-c"), bytes("exit 7")),
                List.of(), bytes("/"), java.util.Map.of()));
        try (Fd pidfd = POSIX.pidfdOpen(pid)) {
            POSIX.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), 30_000);
            Optional<Reaped> reaped = POSIX.reapAny();
            while (reaped.isPresent() && reaped.get().pid() != pid) {
                reaped = POSIX.reapAny();
            }
            assertThat(reaped).contains(new Reaped(pid, 7));
            assertThat(errnoOf(() -> POSIX.waitid(pidfd))).as("it was collected").isEqualTo(Errno.ECHILD);
        }
    }

    @Test
    void aProgramThatIsNotThereIsNotBecome() {
        assertThat(failureOf(() -> POSIX.exec("/nonexistent/program", List.of(bytes("program")), List.of())))
                .hasMessageContainingAll("execve", "/nonexistent/program", "ENOENT");
        assertThatThrownBy(() -> POSIX.exec("/bin/true", List.of(bytes("a\0b")), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDatagramComesWithItsSenderWhenAskedFor() throws Exception {
        Fd receiver = closeLater(POSIX.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0));
        Fd sender = closeLater(POSIX.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0));
        SockAddr name = new SockAddr.Abstract("ecdysis-test/" + System.nanoTime());
        assertThat(failureOf(() -> POSIX.connect(sender, name))).hasMessageContainingAll(name.toString(),
                "ECONNREFUSED");
        POSIX.setsockopt(receiver, Linux.SOL_SOCKET, Linux.SO_PASSCRED, 1);
        POSIX.bind(receiver, name);
        POSIX.connect(sender, name);
        POSIX.sendmsg(sender, ByteBuffer.wrap(bytes("hello")), List.of());

        ByteBuffer buffer = ByteBuffer.allocate(4);
        Datagram datagram = POSIX.receiveDatagram(receiver, buffer);

        assertThat(datagram.sender().map(PeerCredentials::pid)).contains((int) OwnProcess.pid());
        assertThat(datagram.truncated()).as("there was no room for the last byte").isTrue();
        assertThat(errnoOf(() -> POSIX.receiveDatagram(receiver, ByteBuffer.allocate(1)))).isEqualTo(Errno.EAGAIN);
        Fd file = notASocket();
        assertThat(errnoOf(() -> POSIX.receiveDatagram(file, ByteBuffer.allocate(1)))).isEqualTo(Errno.ENOTSOCK);
    }

    @Test
    void anAbstractNameHasItsLimits() throws Exception {
        Fd socket = closeLater(POSIX.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM, 0));
        for (String name : new String[] {"", "x".repeat(108)}) {
            assertThatThrownBy(() -> POSIX.bind(socket, new SockAddr.Abstract(name)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1 to 107 bytes");
        }
        POSIX.bind(socket, new SockAddr.Abstract("\u00fc".repeat(53)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
