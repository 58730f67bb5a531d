package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.process.Terminal;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TerminalWatchTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private EventLoop loop;
    private Thread thread;
    private volatile boolean there = true;

    private final class Fake extends Terminal {
        @Override
        public boolean isThere() {
            return there;
        }
    }

    @BeforeEach
    void run() throws Exception {
        loop = new EventLoop(LinuxPosix.open());
        thread = Thread.ofPlatform().start(loop::run);
    }

    @AfterEach
    void stop() throws Exception {
        loop.stop();
        assertThat(thread.join(PATIENCE)).isTrue();
    }

    @Test
    void aHangUpMeansTheEndOnlyForAWhileAfterTheTerminalWasClosed() {
        TerminalWatch watch = new TerminalWatch(loop, new Fake());
        loop.execute(watch::look);
        assertThat(watch.wasJustClosed()).isFalse();

        there = false;

        assertThat(watch.wasJustClosed()).isTrue();
        await().atMost(PATIENCE).until(() -> !watch.wasJustClosed());
    }

    @Test
    void withoutATerminalFromTheStartNeither() {
        there = false;
        TerminalWatch watch = new TerminalWatch(loop, new Fake());
        loop.execute(watch::look);
        assertThat(watch.wasJustClosed()).isFalse();
    }
}
