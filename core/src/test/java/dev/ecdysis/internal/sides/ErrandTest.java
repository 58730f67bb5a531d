package dev.ecdysis.internal.sides;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.engine.UntellableError;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.peer.Receiver;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.process.SuccessorProcess;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Whoever waits for what another thread does is told, though there was no memory for it, nor for saying so.
class ErrandTest {
    private static final Posix POSIX = LinuxPosix.open();
    private static final Duration LONG = Duration.ofSeconds(60);

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private EventLoop loop;
    private Thread thread;

    @BeforeEach
    void start() throws PosixException {
        loop = new EventLoop(POSIX);
        thread = Thread.ofPlatform().start(loop::run);
    }

    @AfterEach
    void stop() throws InterruptedException {
        loop.stop();
        thread.join();
    }

    /// Well before a time limit would tell it.
    private String next() throws InterruptedException {
        String next = told.poll(LONG.toSeconds() / 2, TimeUnit.SECONDS);
        assertThat(next).as("an answer").isNotNull();
        return next;
    }

    private final class Starter implements Start.Owner {
        @Override
        public void started(SuccessorProcess process) {
            told.add("started " + process.pid());
        }

        @Override
        public void failed(String why, Optional<Errno> errno) {
            told.add("failed: " + why + (errno.isPresent() ? ", " + errno.get().name() : ""));
        }
    }

    @Test
    void aStartThatFailsIsTold() throws Exception {
        Start start = new Start(POSIX, loop, () -> {
            throw new UntellableError(2);
        }, new Starter());
        loop.execute(start::begin);
        assertThat(next()).isEqualTo("failed: on purpose");
    }

    @Test
    void theErrorOfASystemCallIsToldWithIt() throws Exception {
        Start start = new Start(POSIX, loop, () -> {
            throw new IOException("no room", new PosixException("fork", "", Errno.EAGAIN));
        }, new Starter());
        loop.execute(start::begin);
        assertThat(next()).isEqualTo("failed: no room, EAGAIN");
    }

    @Test
    void aHealthCheckThatFailsIsTold() throws Exception {
        HealthInquiry inquiry = new HealthInquiry(loop, () -> {
            throw new UntellableError(1);
        }, LONG, new HealthInquiry.Asker() {
            @Override
            public void healthy() {
                told.add("healthy");
            }

            @Override
            public void ill(String why) {
                told.add("ill: " + why);
            }
        });
        loop.execute(inquiry::ask);
        assertThat(next()).isEqualTo("ill: java.lang.OutOfMemoryError");
    }

    @Test
    void whatIsHeardWithoutMemoryIsNotLost() {
        int[] tries = new int[1];
        Receiver receiver = new Receiver() {
            @Override
            public void received(Message message) {
                if (++tries[0] < 3) {
                    throw new OutOfMemoryError("on purpose");
                }
                told.add(message.getClass().getSimpleName());
            }

            @Override
            public void ended() {
                told.add("ended");
            }

            @Override
            public void torn(String reason) {
                told.add("torn");
            }
        };
        assertThat(receiver.take(new Incoming.Arrived(new Message.Paused(), List.of()))).isTrue();
        assertThat(told).containsExactly("Paused");
    }
}
