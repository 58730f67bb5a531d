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
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;
import sun.misc.SignalHandler;

class FileCallsTest extends KernelTest {
    @Test
    void aPipeCarriesBytesAndBlocks() throws Exception {
        FdPair pipe = closeLater(POSIX.pipe2());
        ByteBuffer buffer = ByteBuffer.allocate(8);

        assertThat(POSIX.write(pipe.second(), ByteBuffer.wrap(new byte[] {1, 2, 3}))).isEqualTo(3);
        assertThat(POSIX.read(pipe.first(), buffer)).isEqualTo(3);

        assertThat(buffer.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(Descriptors.isNonBlocking(pipe.first())).isFalse();
        assertThat(Descriptors.isCloseOnExec(pipe.second())).isTrue();
        pipe.second().close();
        assertThat(POSIX.read(pipe.first(), buffer.clear())).isZero();
    }

    @Test
    void readAndWriteWantTheRightEnd() throws Exception {
        FdPair pipe = closeLater(POSIX.pipe2());

        assertThat(failureOf(() -> POSIX.read(pipe.second(), ByteBuffer.allocate(1))))
                .hasMessage("read(" + pipe.second() + "): EBADF (not an open descriptor)");
        pipe.first().close();
        assertThat(failureOf(() -> POSIX.write(pipe.second(), ByteBuffer.allocate(4))))
                .hasMessageStartingWith("write(" + pipe.second() + ", 4 bytes): EPIPE");
    }

    @Test
    void aWriteOfNothingIsNothing() throws Exception {
        assertThat(POSIX.write(closeLater(POSIX.pipe2()).second(), ByteBuffer.allocate(0))).isZero();
    }

    @Test
    void eventfdWakesAPoll() throws Exception {
        Fd event = closeLater(POSIX.eventfd());
        PollFd entry = new PollFd(event, Linux.POLLIN);

        assertThat(POSIX.poll(List.of(entry), 0)).isZero();
        assertThat(entry.isReady()).isFalse();
        POSIX.write(event, ByteBuffer.wrap(new byte[] {1, 0, 0, 0, 0, 0, 0, 0}));

        assertThat(POSIX.poll(List.of(entry), -1)).isOne();
        assertThat(entry.revents()).isEqualTo(Linux.POLLIN);
        assertThat(Descriptors.isNonBlocking(event)).isTrue();
    }

    @Test
    void pollTellsEntriesApart() throws Exception {
        FdPair quiet = closeLater(POSIX.socketpair());
        FdPair closed = closeLater(POSIX.socketpair());
        closed.second().close();
        PollFd nothing = new PollFd(quiet.first(), Linux.POLLIN);
        PollFd writable = new PollFd(quiet.second(), Linux.POLLOUT);
        PollFd hungUp = new PollFd(closed.first(), Linux.POLLIN);

        assertThat(POSIX.poll(List.of(nothing, writable, hungUp, new PollFd(notOpen(), Linux.POLLIN)), -1))
                .isEqualTo(3);

        assertThat(nothing.revents()).isZero();
        assertThat(writable.revents()).isEqualTo(Linux.POLLOUT);
        assertThat(hungUp.revents() & Linux.POLLHUP).isNotZero();
        assertThat(POSIX.poll(List.of(), 0)).isZero();
    }

    /// The signal is sent until it has hit: nothing tells from outside that a thread has got as far as poll(2).
    @Test
    void aSignalEndsAPollEarlyAndEmpty() throws Exception {
        Libc libc = Libc.link();
        SignalHandler before = Signal.handle(new Signal("URG"), signal -> {});
        PollFd entry = new PollFd(notASocket(), Linux.POLLIN);
        CompletableFuture<Integer> threadId = new CompletableFuture<>();
        FutureTask<Integer> polling = new FutureTask<>(() -> {
            try (Call call = libc.call("gettid")) {
                threadId.complete(call.invoke());
            }
            return POSIX.poll(List.of(entry), 60_000);
        });
        Thread.ofPlatform().start(polling);
        try {
            while (!polling.isDone()) {
                try (Call call = libc.call("tgkill")) {
                    call.invoke(ProcessHandle.current().pid(), threadId.get(), 23);
                }
                try {
                    polling.get(10, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    // Too early; again.
                }
            }
            assertThat(polling.get()).isZero();
            assertThat(entry.isReady()).isFalse();
        } finally {
            Signal.handle(new Signal("URG"), before);
        }
    }

    @Test
    void closeReportsAndFdClosesOnce() throws Exception {
        FdPair pipe = POSIX.pipe2();
        int number = pipe.first().number();

        pipe.close();
        pipe.close();

        assertThat(failureOf(() -> POSIX.close(number)))
                .hasMessage("close(fd " + number + "): EBADF (not an open descriptor)");
        assertThatThrownBy(() -> pipe.first().number()).isInstanceOf(IllegalStateException.class)
                .hasMessage("descriptor " + number + " is closed");
    }

    @Test
    void aDuplicateIsTheSameThing() throws Exception {
        FdPair pipe = closeLater(POSIX.pipe2());

        Fd duplicate = closeLater(POSIX.duplicate(pipe.first()));
        assertThat(duplicate.number()).isNotEqualTo(pipe.first().number());
        assertThat(Descriptors.target(duplicate)).isEqualTo(Descriptors.target(pipe.first()));
        assertThat(Descriptors.isCloseOnExec(duplicate)).isTrue();

        assertThat(failureOf(() -> POSIX.duplicate(notOpen())))
                .hasMessageStartingWith("fcntl(fd 999999, F_DUPFD_CLOEXEC): EBADF");
    }

    @Test
    void dup3ReplacesADescriptor() throws Exception {
        Fd source = notASocket();
        Fd target = closeLater(POSIX.eventfd());

        POSIX.dup3(source, target.number(), true);
        assertThat(Descriptors.target(target)).isEqualTo(Descriptors.target(source));
        assertThat(Descriptors.isCloseOnExec(target)).isTrue();

        POSIX.dup3(source, target.number(), false);
        assertThat(Descriptors.isCloseOnExec(target)).isFalse();
        POSIX.setCloseOnExec(target);
        assertThat(Descriptors.isCloseOnExec(target)).isTrue();

        assertThat(failureOf(() -> POSIX.dup3(source, source.number(), true)))
                .hasMessageStartingWith("dup3(" + source + " to " + source.number() + "): EINVAL");
    }

    @Test
    void nonBlockingBelongsToTheDescription() throws Exception {
        Fd pipe = notASocket();
        Fd duplicate = closeLater(POSIX.duplicate(pipe));

        POSIX.setNonBlocking(duplicate);

        assertThat(Descriptors.isNonBlocking(pipe)).isTrue();
        assertThat(errnoOf(() -> POSIX.read(pipe, ByteBuffer.allocate(1)))).isEqualTo(Errno.EAGAIN);
        assertThat(errnoOf(() -> POSIX.setNonBlocking(notOpen()))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> POSIX.setCloseOnExec(notOpen()))).isEqualTo(Errno.EBADF);
    }
}
