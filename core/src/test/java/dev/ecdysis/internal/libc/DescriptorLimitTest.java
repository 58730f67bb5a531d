package dev.ecdysis.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.KernelTest;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.Received;
import dev.ecdysis.internal.posix.SockAddr;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/// What happens when this process may open no more descriptors.
@Isolated("the limit is the whole process's")
class DescriptorLimitTest extends KernelTest {
    private static final int RLIMIT_NOFILE = 7;

    @Test
    void callsThatMakeDescriptorsFailAndLeakNothing() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        Fd listener = listenerWithAClient();
        Map<String, Callable<?>> calls = new LinkedHashMap<>();
        calls.put("socket", () -> POSIX.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0));
        calls.put("socketpair", POSIX::socketpair);
        calls.put("pipe2", POSIX::pipe2);
        calls.put("eventfd", POSIX::eventfd);
        calls.put("accept4", () -> POSIX.accept4(listener));
        calls.put("pidfd_open", () -> POSIX.pidfdOpen((int) ProcessHandle.current().pid()));
        Map<String, Object> outcomes = new LinkedHashMap<>();

        // A class that is loaded from a folder takes a descriptor: those that a failure needs must be there before.
        failureOf(() -> POSIX.socket(99, Linux.SOCK_STREAM, 0));
        long old = limit(0);
        try {
            calls.forEach((name, call) -> outcomes.put(name, outcome(call)));
            outcomes.put("poll", outcome(() -> POSIX.poll(List.of(new PollFd(listener, Linux.POLLIN)), 0)));
            outcomes.put("fcntl", outcome(() -> POSIX.duplicate(listener)));
        } finally {
            limit(old);
        }

        calls.keySet().forEach(name -> assertThat(outcomes).containsEntry(name, Errno.EMFILE));
        assertThat(outcomes).containsEntry("poll", Errno.EINVAL).containsEntry("fcntl", Errno.EINVAL);
        assertThat(POSIX.sendmsg(pair.first(), ByteBuffer.allocate(1), List.of(listener))).isOne();
    }

    @Test
    void descriptorsThatFindNoRoomAreReportedAsTruncated() throws Exception {
        FdPair pair = closeLater(POSIX.socketpair());
        POSIX.sendmsg(pair.first(), ByteBuffer.allocate(1), List.of(pair.first(), pair.second()));

        Received received;
        long old = limit(0);
        try {
            received = POSIX.recvmsg(pair.second(), ByteBuffer.allocate(1));
        } finally {
            limit(old);
        }

        assertThat(received.truncated()).isTrue();
        assertThat(received.descriptors()).isEmpty();
    }

    private Fd listenerWithAClient() throws Exception {
        Fd listener = closeLater(POSIX.socket(Linux.AF_INET, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK, 0));
        POSIX.bind(listener, new SockAddr.Inet4(InetAddress.ofLiteral("127.0.0.1"), 0));
        POSIX.listen(listener, 1);
        POSIX.connect(closeLater(POSIX.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0)),
                POSIX.getsockname(listener));
        return listener;
    }

    private static Object outcome(Callable<?> call) {
        try {
            return call.call();
        } catch (PosixException e) {
            return e.errno();
        } catch (Exception e) {
            return e;
        }
    }

    /// Changes the soft limit, and returns what it was.
    private static long limit(long soft) throws PosixException {
        Libc libc = Libc.link();
        try (Call call = libc.call("getrlimit"); Call set = libc.call("setrlimit")) {
            // struct rlimit { rlim_t rlim_cur; rlim_t rlim_max; };
            Memory limit = call.allocate(2 * Long.BYTES);
            assertThat(call.invoke(RLIMIT_NOFILE, limit.address())).isZero();
            long old = limit.bytes().getLong(0);
            limit.bytes().putLong(0, soft);
            assertThat(set.invoke(RLIMIT_NOFILE, limit.address())).isZero();
            return old;
        }
    }
}
