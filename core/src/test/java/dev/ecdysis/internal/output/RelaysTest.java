package dev.ecdysis.internal.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.InterceptedPosix;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RelaysTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int PIPE_SIZE = 64 << 10;

    private final FaultingPosix posix = new FaultingPosix(LinuxPosix.open());
    private final FdPair in = pipe();
    private final FdPair out = pipe();
    private final Relays relays = relays();

    private FdPair pipe() {
        try {
            return posix.pipe2();
        } catch (PosixException e) {
            throw new AssertionError(e);
        }
    }

    private Relays relays() {
        return new Relays(posix, stream -> posix.duplicate(out.second()));
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        in.second().close();
        relays.stop(() -> {
        });
        relays.await(LONG);
        in.close();
        out.close();
        assertThat(posix.openDescriptors()).isEmpty();
    }

    private Relays.Pipe reading(FdPair pipe, StandardStream stream) {
        return new Relays.Pipe(Fd.own(posix, pipe.first().release()), stream);
    }

    private LastWords read() throws Exception {
        return relays.read(List.of(reading(in, StandardStream.OUTPUT)));
    }

    private void write(Fd to, String text) throws PosixException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            posix.write(to, bytes);
        }
    }

    /// All that comes, to the end.
    private CompletableFuture<String> reader() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                StringBuilder text = new StringBuilder();
                ByteBuffer bytes = ByteBuffer.allocate(8 << 10);
                while (posix.read(out.first(), bytes.clear()) > 0) {
                    text.append(StandardCharsets.UTF_8.decode(bytes.flip()));
                }
                return text.toString();
            } catch (PosixException e) {
                throw new AssertionError(e);
            }
        }, RelaysTest::inAThread);
    }

    /// The common pool may have one thread only.
    private static void inAThread(Runnable task) {
        Thread.ofPlatform().daemon().start(task);
    }

    private static String numbered(int first, int end) {
        StringBuilder text = new StringBuilder();
        for (int i = first; i < end; i++) {
            text.append("line ").append(i).append('\n');
        }
        return text.toString();
    }

    /// Fills what nobody reads, so that nothing can be passed on.
    private void fillTarget() throws PosixException {
        write(out.second(), "x".repeat(PIPE_SIZE));
    }

    @Test
    void allIsRelayedAndTheEndIsKept() throws Exception {
        LastWords words = read();
        CompletableFuture<String> read = reader();
        write(in.second(), numbered(0, 20_000));
        in.second().close();
        relays.await(LONG);
        out.second().close();
        assertThat(read.get()).isEqualTo(numbered(0, 20_000));
        assertThat(all(words)).hasSize(50).endsWith("line 19998", "line 19999");
    }

    @Test
    void aLineWithoutAnEndIsCut() throws Exception {
        LastWords words = read();
        var _ = reader();
        write(in.second(), "ä".repeat(100_000));
        assertThat(all(words)).hasSize(1);
        assertThat(all(words).getFirst()).hasSize(2_000);
        in.second().close();
        relays.await(LONG);
        out.second().close();
    }

    @Test
    void theWriterDoesNotNoticeThatOurOwnStreamIsGone() throws Exception {
        LastWords words = read();
        out.first().close();
        write(in.second(), "x".repeat(10 * PIPE_SIZE) + "\nthe end\n");
        assertThat(all(words)).endsWith("the end");
    }

    /// What the process itself wrote is there when it has ended, whoever else holds the pipe.
    @Test
    void aGrandchildThatHoldsItOpenIsNotWaitedFor() throws Exception {
        LastWords words = read();
        write(in.second(), "so far\n");
        assertThat(all(words)).containsExactly("so far");
    }

    @Test
    void lastWordsAreReadThoughNobodyReadsOurOwnStreamAndPassedOnLater() throws Exception {
        fillTarget();
        LastWords words = read();
        write(in.second(), numbered(0, 5_000));
        in.second().close();
        assertThat(all(words)).hasSize(50).endsWith("line 4999");
        CompletableFuture<String> read = reader();
        relays.await(LONG);
        out.second().close();
        assertThat(read.get()).isEqualTo("x".repeat(PIPE_SIZE) + numbered(0, 5_000));
    }

    @Test
    void neitherStreamCrowdsOutTheOther() throws Exception {
        FdPair error = pipe();
        LastWords words = relays.read(List.of(reading(in, StandardStream.OUTPUT),
                reading(error, StandardStream.ERROR)));
        var _ = reader();
        write(error.second(), "cause\n");
        assertThat(all(words)).containsExactly("cause");
        write(in.second(), numbered(0, 200));
        assertThat(all(words)).hasSize(50).startsWith("(standard output)", "line 153").endsWith("line 199",
                "(standard error)", "cause");
        write(error.second(), numbered(0, 200));
        assertThat(all(words)).hasSize(50).startsWith("(standard output)", "line 176")
                .containsSubsequence("line 199", "(standard error)", "line 176", "line 199");
        error.second().close();
        in.second().close();
        relays.await(LONG);
        out.second().close();
    }

    /// Two processes read one pipe one after the other while somebody writes: as a predecessor and its successor do.
    @Test
    void whoeverGoesOnLosesAndTearsNothing() throws Exception {
        CompletableFuture<String> read = reader();
        read();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try (Fd end = in.second()) {
                for (int i = 0; i < 20_000; i++) {
                    write(end, "line " + i + "\n");
                }
            } catch (PosixException e) {
                throw new AssertionError(e);
            }
        }, RelaysTest::inAThread);
        Relays before = relays;
        for (int i = 0; i < 20; i++) {
            Relays after = relays();
            before.duplicates(64).forEach(after::expect);
            CountDownLatch ended = new CountDownLatch(1);
            before.stop(ended::countDown);
            assertThat(ended.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            after.begin();
            before = after;
        }
        writer.get();
        before.await(LONG);
        out.second().close();
        assertThat(read.get()).isEqualTo(numbered(0, 20_000));
    }

    @Test
    void oneWhoseTargetNobodyReadsLeavesAllInThePipe() throws Exception {
        fillTarget();
        read();
        write(in.second(), "for the next one\n");
        Relays after = relays();
        relays.duplicates(64).forEach(after::expect);
        relays.stop(() -> {
        });
        relays.await(LONG);
        CompletableFuture<String> read = reader();
        after.begin();
        in.second().close();
        after.await(LONG);
        out.second().close();
        assertThat(read.get()).endsWith("xxfor the next one\n");
    }

    @Test
    void noThreadIsStartedForAPipeThatNobodyWritesTo() throws Exception {
        int[] opened = new int[1];
        Posix counted = InterceptedPosix.by((proxy, method, arguments) -> {
            opened[0] += method.getName().equals("eventfd") ? 1 : 0;
            return InterceptedPosix.call(posix, method, arguments);
        });
        Relays next = new Relays(counted, stream -> posix.duplicate(out.second()));
        in.second().close();
        next.expect(reading(in, StandardStream.ERROR));
        next.begin();
        assertThat(opened[0]).isZero();
        assertThat(in.first().isOpen()).isFalse();
        assertThat(next.duplicates(64)).isEmpty();
    }

    @Test
    void theOldestAreLeftWhenThereAreTooMany() throws Exception {
        for (int i = 0; i < 5; i++) {
            relays.expect(new Relays.Pipe(posix.duplicate(in.first()),
                    i < 2 ? StandardStream.OUTPUT : StandardStream.ERROR));
        }
        List<Relays.Pipe> newest = relays.duplicates(3);
        assertThat(newest).hasSize(3).allMatch(pipe -> pipe.stream() == StandardStream.ERROR);
        newest.forEach(pipe -> pipe.fd().close());
    }

    /// A pipe that nobody reads any more ends whoever writes to it.
    @Test
    void withoutMemoryNothingIsLostAndNoPipeIsLeft() throws Exception {
        AtomicInteger failures = new AtomicInteger(40);
        AtomicInteger calls = new AtomicInteger();
        Posix without = InterceptedPosix.by((proxy, method, arguments) -> {
            if (Thread.currentThread().getName().equals("ecdysis-relay") && !method.getName().equals("close")
                    && calls.incrementAndGet() % 3 == 0 && failures.getAndDecrement() > 0) {
                throw new OutOfMemoryError("on purpose");
            }
            return InterceptedPosix.call(posix, method, arguments);
        });
        CompletableFuture<String> read = reader();
        Relays poor = new Relays(without, stream -> posix.duplicate(out.second()));
        LastWords words = poor.read(List.of(reading(in, StandardStream.OUTPUT)));
        write(in.second(), numbered(0, 20_000));
        assertThat(all(words)).endsWith("line 19999");
        in.second().close();
        poor.await(LONG);
        out.second().close();
        assertThat(read.get()).isEqualTo(numbered(0, 20_000));
        assertThat(failures.get()).isNotPositive();
    }

    /// It is told again, or the successor would wait for this process to end.
    @Test
    void theEndOfTheLastOneIsTold() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(1);
        CompletableFuture<String> read = reader();
        read();
        relays.stop(() -> {
            if (tries.incrementAndGet() < 3) {
                throw new OutOfMemoryError("on purpose");
            }
            ended.countDown();
        });
        assertThat(ended.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        relays.await(LONG);
        out.second().close();
        assertThat(read.get()).isEmpty();
    }

    @Test
    void whatIsExpectedIsPassedOnAsSoonAsThereIsMemory() throws Exception {
        AtomicInteger failures = new AtomicInteger(3);
        Posix without = InterceptedPosix.by((proxy, method, arguments) -> {
            if (method.getName().equals("eventfd") && failures.getAndDecrement() > 0) {
                throw new OutOfMemoryError("on purpose");
            }
            return InterceptedPosix.call(posix, method, arguments);
        });
        Relays poor = new Relays(without, stream -> posix.duplicate(out.second()));
        poor.expect(reading(in, StandardStream.OUTPUT));
        CompletableFuture<String> read = reader();
        poor.begin();
        write(in.second(), "it arrives\n");
        in.second().close();
        poor.await(LONG);
        out.second().close();
        assertThat(read.get()).isEqualTo("it arrives\n");
    }

    @Test
    void whatWasPassedOnIsToBeHadWhenAskedAgain() throws Exception {
        LastWords words = read();
        var _ = reader();
        write(in.second(), "once\n");
        assertThat(all(words)).containsExactly("once");
        in.second().close();
        relays.await(LONG);
        out.second().close();
        assertThat(all(words)).containsExactly("once");
        assertThat(words.lines()).containsExactly("once");
    }

    private static List<String> all(LastWords words) {
        words.await(LONG);
        return words.lines();
    }
}
