package dev.ecdysis.internal.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.InterceptedPosix;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoopPriorityTest {
    private static final int SCHED_BATCH = 3;

    private final List<Integer> set = new ArrayList<>();
    private int policy = Linux.SCHED_OTHER;
    private int nice;
    private int failures;

    private final Posix posix = InterceptedPosix.by((proxy, method, arguments) -> switch (method.getName()) {
        case "schedulerOf" -> policy;
        case "nice" -> nice;
        case "setNice" -> {
            if (failures > 0) {
                failures--;
                throw new PosixException("sched_setattr", "this thread", Errno.EPERM);
            }
            set.add((int) arguments[0]);
            yield null;
        }
        default -> InterceptedPosix.call(LinuxPosix.open(), method, arguments);
    });

    @Test
    void lastsUntilItsEnd() throws Exception {
        try (EventLoop loop = new EventLoop(posix)) {
            LoopPriority loopPriority = new LoopPriority(posix, loop);
            loopPriority.end();
            loopPriority.begin();
            loopPriority.begin();
            assertThat(set).containsExactly(-20);
            loopPriority.end();
            loopPriority.end();
            assertThat(set).containsExactly(-20, 0);
        }
    }

    /// Whatever becomes of the cutover, and although the first attempt to end it fails.
    @Test
    void neverLastsLong() throws Exception {
        EventLoop loop = new EventLoop(posix);
        LoopPriority loopPriority = new LoopPriority(posix, loop);
        loop.execute(() -> {
            loopPriority.begin();
            failures = 1;
        });
        loop.schedule(Duration.ofMillis(10), () -> watch(loop));
        loop.run();
        assertThat(set).containsExactly(-20, 0);
        assertThat(failures).isZero();
    }

    private void watch(EventLoop loop) {
        if (set.size() == 2) {
            loop.stop();
        } else {
            loop.schedule(Duration.ofMillis(10), () -> watch(loop));
        }
    }

    @Test
    void isNotForAServerWithAPriorityOfItsOwn() throws Exception {
        try (EventLoop loop = new EventLoop(posix)) {
            LoopPriority loopPriority = new LoopPriority(posix, loop);
            nice = 5;
            loopPriority.begin();
            nice = 0;
            policy = SCHED_BATCH;
            loopPriority.begin();
            loopPriority.end();
            assertThat(set).isEmpty();
        }
    }

    @Test
    void isWithoutEffectWhereItIsNotAllowed() throws Exception {
        try (EventLoop loop = new EventLoop(posix)) {
            LoopPriority loopPriority = new LoopPriority(posix, loop);
            failures = 1;
            loopPriority.begin();
            loopPriority.end();
            assertThat(set).isEmpty();
        }
    }
}
