package dev.ecdysis.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ecdysis.internal.listener.AcceptorDriver.Goal;
import dev.ecdysis.spi.Acceptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AcceptorDriverTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final Ill acceptor = new Ill();
    private AcceptorDriver driver;

    @BeforeEach
    void begin() {
        driver = new AcceptorDriver("http", acceptor, false, LONG);
    }

    @AfterEach
    void end() {
        acceptor.goOn.countDown();
        driver.order(Goal.CLOSE, false);
    }

    private void use(boolean ours, Duration limit) {
        driver.order(Goal.CLOSE, false);
        driver = new AcceptorDriver("http", acceptor, ours, limit);
    }

    private void move(Goal goal) throws IOException {
        driver.order(goal, false);
        driver.reach(goal, LONG);
    }

    private void moveAgain() throws IOException {
        driver.order(Goal.ACCEPT, true);
        driver.reach(Goal.ACCEPT, LONG);
    }

    private void startAndPause() throws IOException {
        move(Goal.ACCEPT);
        move(Goal.REST);
    }

    @Test
    void itIsCalledInOrderAndOnOneThread() throws Exception {
        startAndPause();
        moveAgain();
        move(Goal.ACCEPT);
        move(Goal.CLOSE);
        driver.order(Goal.ACCEPT, true);
        assertThat(acceptor.calls).containsExactly("start", "pause", "resume", "close");
        assertThat(acceptor.threads.stream().distinct()).hasSize(1).doesNotContain(Thread.currentThread());
    }

    @Test
    void oneThatWasNeverCalledIsNotClosed() throws Exception {
        move(Goal.REST);
        move(Goal.CLOSE);
        assertThat(acceptor.calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(classes = {IOException.class, IllegalStateException.class, StackOverflowError.class})
    void aResumeThatFailsIsTriedAgainUntilItWorks(Class<? extends Throwable> kind) throws Exception {
        startAndPause();
        acceptor.failure = kind.getConstructor(String.class).newInstance("on\npurpose");
        assertThatThrownBy(this::moveAgain).isInstanceOf(IOException.class).hasCause(acceptor.failure)
                .hasMessage("listener http: resume() of its acceptor failed (" + kind.getName() + ": on purpose)");
        assertThat(driver.trouble()).hasValueSatisfying(text -> assertThat(text)
                .startsWith("listener http accepts nothing: resume() of its acceptor failed (").contains("on purpose"));
        assertThat(driver.look()).isTrue();
        await().until(() -> acceptor.count("resume") > 2);
        acceptor.failure = null;
        await().until(() -> driver.trouble().isEmpty());
        assertThat(driver.look()).isFalse();
        int calls = acceptor.calls.size();
        driver.reach(Goal.ACCEPT, LONG);
        assertThat(acceptor.calls).hasSize(calls);
    }

    @Test
    void ourOwnIsCalledByWhoeverMovesItAndTriedAgainAllTheSame() throws Exception {
        use(true, LONG);
        startAndPause();
        assertThat(acceptor.threads).containsOnly(Thread.currentThread());
        acceptor.failure = new OutOfMemoryError("on purpose");
        assertThatThrownBy(this::moveAgain).isInstanceOf(IOException.class);
        acceptor.failure = null;
        await().until(() -> driver.trouble().isEmpty());
        move(Goal.REST);
        move(Goal.CLOSE);
        assertThat(acceptor.calls).endsWith("resume", "pause", "close");
    }

    @Test
    void itIsNotTriedAgainWhenItShouldRest() throws Exception {
        startAndPause();
        acceptor.failure = new IOException("on purpose");
        assertThatThrownBy(this::moveAgain).isInstanceOf(IOException.class);
        acceptor.failure = null;
        move(Goal.REST);
        int resumed = acceptor.count("resume");
        assertThat(acceptor.calls).endsWith("pause");
        move(Goal.CLOSE);
        assertThat(acceptor.count("resume")).isEqualTo(resumed);
        assertThat(driver.trouble()).isEmpty();
    }

    @Test
    void aPauseThatFailsIsToldAndNotRepeated() throws Exception {
        move(Goal.ACCEPT);
        acceptor.failure = new IOException("on purpose");
        assertThatThrownBy(() -> move(Goal.REST)).hasMessageContaining("pause() of its acceptor failed");
        acceptor.failure = null;
        moveAgain();
        assertThat(acceptor.calls).containsExactly("start", "pause", "resume");
    }

    @Test
    void whatHangsIsInterruptedOnceAndRememberedAndThenMovedToWhereItShouldBe() throws Exception {
        use(false, SHORT);
        acceptor.hangs = "pause";
        move(Goal.ACCEPT);
        assertThatThrownBy(() -> move(Goal.REST)).hasMessageContaining("pause() of its acceptor has not returned for ");
        acceptor.interrupted.await();
        // Nothing waits for it now, whatever the limit.
        assertThatThrownBy(this::moveAgain).hasMessageContaining("pause() of its acceptor has not returned for ");
        assertThat(driver.hanging()).isPresent();
        assertThat(driver.trouble()).hasValueSatisfying(text -> assertThat(text)
                .startsWith("listener http may accept nothing: pause() of its acceptor has not returned for "));
        assertThat(acceptor.calls).containsExactly("start", "pause");
        acceptor.goOn.countDown();
        await().until(() -> driver.trouble().isEmpty());
        assertThat(acceptor.calls).containsExactly("start", "pause", "resume");
        assertThat(acceptor.interrupts).hasValue(1);
    }

    @Test
    void whoeverIsInterruptedWaitsNoLonger() throws Exception {
        acceptor.hangs = "pause";
        move(Goal.ACCEPT);
        Thread waits = Thread.ofPlatform().start(() -> assertThatThrownBy(() -> move(Goal.REST))
                .isInstanceOf(InterruptedIOException.class));
        acceptor.hanging.await();
        waits.interrupt();
        waits.join();
        acceptor.interrupted.await();
        assertThat(driver.hanging()).isPresent();
    }

    @Test
    void aRetryThatHangsIsInterruptedByWhoeverLooksAfterIt() throws Exception {
        use(false, SHORT);
        startAndPause();
        acceptor.failure = new IOException("on purpose");
        assertThatThrownBy(this::moveAgain).isInstanceOf(IOException.class);
        acceptor.hangs = "resume";
        acceptor.hanging.await();
        await().until(() -> driver.look() && acceptor.interrupts.get() == 1);
        assertThat(driver.trouble())
                .hasValueSatisfying(text -> assertThat(text).contains("may accept nothing: resume()"));
        acceptor.failure = null;
        acceptor.goOn.countDown();
        await().until(() -> !driver.look());
    }

    private static final class Ill implements Acceptor {
        private final List<String> calls = new CopyOnWriteArrayList<>();
        private final List<Thread> threads = new CopyOnWriteArrayList<>();
        private final CountDownLatch hanging = new CountDownLatch(1);
        private final CountDownLatch interrupted = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final AtomicInteger interrupts = new AtomicInteger();
        private volatile Throwable failure;
        private volatile String hangs = "";

        private int count(String call) {
            return (int) calls.stream().filter(call::equals).count();
        }

        private void called(String call) throws IOException {
            calls.add(call);
            threads.add(Thread.currentThread());
            boolean waiting = call.equals(hangs);
            while (waiting) {
                hanging.countDown();
                try {
                    goOn.await();
                    waiting = false;
                } catch (InterruptedException e) {
                    interrupts.incrementAndGet();
                    interrupted.countDown();
                }
            }
            Throwable thrown = failure;
            if (thrown instanceof IOException checked) {
                throw checked;
            } else if (thrown instanceof RuntimeException unchecked) {
                throw unchecked;
            } else if (thrown instanceof Error error) {
                throw error;
            }
        }

        @Override
        public void start() throws IOException {
            called("start");
        }

        @Override
        public void pause() throws IOException {
            called("pause");
        }

        @Override
        public void resume() throws IOException {
            called("resume");
        }

        @Override
        public void close() {
            calls.add("close");
            threads.add(Thread.currentThread());
        }
    }
}
