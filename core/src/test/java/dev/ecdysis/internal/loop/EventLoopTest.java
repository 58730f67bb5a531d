package dev.ecdysis.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.InterceptedPosix;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class EventLoopTest {
    private static final LinuxPosix POSIX = LinuxPosix.open();

    private final List<String> happened = new CopyOnWriteArrayList<>();

    @Test
    void tasksComeFirstThenDescriptorsThenTimes() throws Exception {
        try (FdPair pair = POSIX.socketpair()) {
            EventLoop loop = new EventLoop(POSIX);
            loop.schedule(Duration.ZERO, () -> {
                happened.add("time");
                loop.stop();
            });
            EventLoop.Watch[] watch = new EventLoop.Watch[1];
            watch[0] = loop.watch(pair.first(), Linux.POLLIN, () -> {
                happened.add("descriptor");
                watch[0].close();
            });
            loop.execute(() -> happened.add("task"));
            POSIX.write(pair.second(), ByteBuffer.wrap(new byte[1]));
            loop.run();
        }
        assertThat(happened).containsExactly("task", "descriptor", "time");
    }

    @Test
    void aWatchThatAnEarlierOneClosesIsNotCalled() throws Exception {
        try (FdPair pair = POSIX.socketpair()) {
            EventLoop loop = new EventLoop(POSIX);
            EventLoop.Watch[] watches = new EventLoop.Watch[2];
            for (int i = 0; i < watches.length; i++) {
                int own = i;
                watches[i] = loop.watch(pair.first(), Linux.POLLIN, () -> {
                    happened.add("watch " + own);
                    watches[0].close();
                    watches[1].close();
                    loop.stop();
                });
            }
            POSIX.write(pair.second(), ByteBuffer.wrap(new byte[1]));
            loop.run();
        }
        assertThat(happened).containsExactly("watch 0");
    }

    @Test
    void nothingThatIsThrownEndsIt() throws Exception {
        EventLoop loop = new EventLoop(POSIX);
        loop.execute(() -> {
            throw new NoClassDefFoundError("on purpose");
        });
        loop.schedule(Duration.ZERO, () -> {
            throw new IllegalStateException("on purpose");
        });
        loop.schedule(Duration.ofMillis(1), loop::stop);
        loop.run();
    }

    @Test
    void everyCallMayFailOnce() throws Exception {
        int n = 1;
        boolean injected = true;
        for (; injected; n++) {
            // The first is eventfd, without which there is no loop.
            FaultingPosix posix = new FaultingPosix(POSIX);
            EventLoop loop = new EventLoop(posix);
            posix.failAt(n);
            CountDownLatch answered = new CountDownLatch(2);
            Thread thread = Thread.ofPlatform().start(loop::run);
            loop.execute(answered::countDown);
            loop.execute(() -> loop.schedule(Duration.ofMillis(1), answered::countDown));
            answered.await();
            loop.stop();
            thread.join();
            injected = posix.injected().isPresent();
            assertThat(posix.openDescriptors()).isEmpty();
        }
        assertThat(n).isGreaterThan(4);
    }

    @Test
    void patienceIsExtendedByATimeInWhichThisProcessStoodStill() throws Exception {
        AtomicBoolean stalled = new AtomicBoolean();
        Posix stalling = InterceptedPosix.by((proxy, method, arguments) -> {
            Object result = InterceptedPosix.call(POSIX, method, arguments);
            if (method.getName().equals("poll") && stalled.compareAndSet(false, true)) {
                long until = System.nanoTime() + Duration.ofSeconds(1).toNanos();
                while (System.nanoTime() < until) {
                    LockSupport.parkNanos(until - System.nanoTime());
                }
            }
            return result;
        });
        EventLoop loop = new EventLoop(stalling);
        loop.patience(Duration.ofMillis(300), () -> {
            happened.add("patience");
            loop.stop();
        });
        loop.schedule(Duration.ofMillis(350), () -> happened.add("time"));
        loop.run();
        assertThat(happened).containsExactly("time", "patience");
    }

    /// A thread that waits for a processor may do so anywhere, also between its last look and its judgement.
    @Test
    void whatCameWhileATimeLimitPassedIsReadBeforeTheLimitIsBelieved() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        try (FdPair pair = POSIX.socketpair()) {
            Posix late = InterceptedPosix.by((proxy, method, arguments) -> {
                Object result = InterceptedPosix.call(POSIX, method, arguments);
                // The first look finds that "time" is due, the second is the last one before that is believed.
                if (method.getName().equals("poll") && looks.incrementAndGet() == 2) {
                    POSIX.write(pair.second(), ByteBuffer.wrap(new byte[1]));
                    Thread.sleep(Duration.ofMillis(100));
                }
                return result;
            });
            EventLoop loop = new EventLoop(late);
            loop.schedule(Duration.ZERO, () -> happened.add("time"));
            Timers.Handle silence = loop.schedule(Duration.ofMillis(50), () -> happened.add("silence"));
            EventLoop.Watch[] watch = new EventLoop.Watch[1];
            watch[0] = loop.watch(pair.first(), Linux.POLLIN, () -> {
                happened.add("beat");
                silence.cancel();
                watch[0].close();
                loop.stop();
            });
            loop.run();
        }
        assertThat(happened).containsExactly("time", "beat");
    }

    @Test
    void anErrorOfTheRoundItselfDoesNotEndIt() throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        EventLoop loop = new EventLoop(InterceptedPosix.by((proxy, method, arguments) -> {
            if (method.getName().equals("poll") && failed.compareAndSet(false, true)) {
                throw new OutOfMemoryError("on purpose");
            }
            return InterceptedPosix.call(POSIX, method, arguments);
        }));
        loop.schedule(Duration.ofMillis(1), () -> {
            happened.add("later");
            loop.stop();
        });
        loop.run();
        assertThat(failed).isTrue();
        assertThat(happened).containsExactly("later");
    }

    /// An upgrade that was asked for, a time limit: nobody would ask again.
    @Test
    void whatLackedMemoryIsTriedAgainInItsOrder() throws Exception {
        EventLoop loop = new EventLoop(POSIX);
        AtomicInteger tries = new AtomicInteger();
        loop.execute(() -> failAtFirst(tries, "task"));
        loop.execute(() -> happened.add("next task"));
        AtomicInteger timerTries = new AtomicInteger();
        loop.schedule(Duration.ZERO, () -> failAtFirst(timerTries, "time"));
        loop.schedule(Duration.ofMillis(1), loop::stop);
        loop.run();
        assertThat(happened).containsExactly("task", "next task", "time");
        assertThat(tries).hasValue(3);
        assertThat(timerTries).hasValue(3);
    }

    private void failAtFirst(AtomicInteger tries, String what) {
        if (tries.incrementAndGet() < 3) {
            throw new OutOfMemoryError("on purpose");
        }
        happened.add(what);
    }

    /// What recurses without end, say, must not keep the others waiting for ever.
    @Test
    void whatNeverWorksIsGivenUp() throws Exception {
        EventLoop loop = new EventLoop(POSIX);
        AtomicInteger tries = new AtomicInteger();
        loop.execute(() -> {
            tries.incrementAndGet();
            throw new StackOverflowError("on purpose");
        });
        loop.stop();
        loop.run();
        assertThat(tries).hasValue(5);
    }

    /// A waker without memory must not leave the mark that somebody wakes the loop already.
    @Test
    void aWakeUpThatLackedMemoryIsNotTheLast() throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        AtomicInteger writes = new AtomicInteger();
        EventLoop loop = new EventLoop(InterceptedPosix.by((proxy, method, arguments) -> {
            if (method.getName().equals("write")) {
                writes.incrementAndGet();
                if (failed.compareAndSet(false, true)) {
                    throw new OutOfMemoryError("on purpose");
                }
            }
            return InterceptedPosix.call(POSIX, method, arguments);
        }));
        loop.execute(() -> happened.add("first"));
        loop.execute(() -> happened.add("second"));
        loop.stop();
        loop.run();
        assertThat(happened).containsExactly("first", "second");
        assertThat(writes).hasValue(2);
    }

    /// Whoever logs may need a class that is not there any more.
    @Test
    void aLoggerThatFailsDoesNotEndIt() throws Exception {
        Logger logger = Logger.getLogger(EventLoop.class.getName());
        Handler failing = new Handler() {
            @Override
            public void publish(LogRecord logged) {
                happened.add("logged");
                throw new NoClassDefFoundError("on purpose");
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        };
        logger.addHandler(failing);
        try {
            EventLoop loop = new EventLoop(POSIX);
            loop.execute(() -> {
                throw new IllegalStateException("on purpose");
            });
            loop.schedule(Duration.ofMillis(1), () -> {
                happened.add("later");
                loop.stop();
            });
            loop.run();
            assertThat(Log.flush()).isTrue();
        } finally {
            logger.removeHandler(failing);
        }
        assertThat(happened).containsExactlyInAnyOrder("logged", "later");
    }

    @Test
    void aTaskAfterItsEndIsNoError() throws Exception {
        EventLoop loop = new EventLoop(POSIX);
        loop.stop();
        loop.run();
        loop.execute(() -> happened.add("never"));
        loop.close();
        assertThat(happened).isEmpty();
    }

    @Test
    void timersRunTheEarliestFirstAndMayBeCancelled() {
        Timers timers = new Timers();
        long now = System.nanoTime();
        timers.schedule(now - 1_000, () -> happened.add("second"), false);
        Timers.Handle cancelled = timers.schedule(now - 2_000, () -> happened.add("cancelled"), false);
        timers.schedule(now - 3_000, () -> {
            happened.add("first");
            cancelled.cancel();
        }, false);
        timers.runDue(now, action -> {
            action.run();
            return true;
        });
        assertThat(happened).containsExactly("first", "second");
        assertThat(timers.isDue(now)).isFalse();
    }
}
