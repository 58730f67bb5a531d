package dev.ecdysis.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogQueueTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final Queue<Line> written = new ConcurrentLinkedQueue<>();
    private final CountDownLatch mayWrite = new CountDownLatch(1);
    private final AtomicInteger starts = new AtomicInteger();
    private boolean standardError;
    private volatile boolean failing;
    private final AtomicInteger withoutMemory = new AtomicInteger();

    private final LogQueue queue = new LogQueue(() -> new Destination() {
        @Override
        public boolean isStandardError(Line line) {
            return standardError;
        }

        @Override
        public void write(Line line) {
            await(mayWrite);
            if (withoutMemory.getAndDecrement() > 0) {
                throw new OutOfMemoryError("on purpose");
            }
            if (failing) {
                failing = false;
                throw new NoClassDefFoundError("on purpose");
            }
            written.add(line);
        }
    }, starts::incrementAndGet);
    private final QueuedLogger logger = new QueuedLogger("some.Name", queue);

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void letGo() {
        mayWrite.countDown();
    }

    @Test
    void linesAreWrittenInOrderAsTheyWereTold() {
        mayWrite.countDown();
        Exception thrown = new Exception("a cause");
        logger.log(System.Logger.Level.INFO, "first");
        logger.log(System.Logger.Level.ERROR, "second", thrown);
        logger.log(System.Logger.Level.WARNING, "{0} of {1}", "third", null);
        assertThat(queue.flush(LONG)).isTrue();
        assertThat(written).extracting(Line::message).containsExactly("first", "second", "{0} of {1}");
        assertThat(written).extracting(Line::level).containsExactly(System.Logger.Level.INFO,
                System.Logger.Level.ERROR, System.Logger.Level.WARNING);
        assertThat(written).extracting(Line::thrown).containsExactly(null, thrown, null);
        assertThat(written).extracting(Line::thread).containsOnly(Thread.currentThread().threadId());
        assertThat(written).extracting(line -> line.logger().getName()).containsOnly("some.Name");
        assertThat(new ArrayList<>(written).getLast().arguments()).containsExactly("third", null);
        assertThat(starts).hasValue(1);
    }

    /// Were it to wait, this test would not end.
    @Test
    void nobodyWaitsForAReaderThatStandsStillAndTheLossIsTold() {
        int lines = 3 * LogQueue.MOST_WAITING;
        for (int i = 0; i < lines; i++) {
            logger.log(System.Logger.Level.INFO, "line " + i);
        }
        assertThat(written).isEmpty();
        mayWrite.countDown();
        assertThat(queue.flush(LONG)).isTrue();
        List<String> messages = new ArrayList<>(written.stream().map(Line::message).toList());
        // One may have been with the writer already.
        String loss = messages.stream().filter(message -> message.contains("dropped")).findFirst().orElseThrow();
        messages.remove(loss);
        assertThat(messages.size()).isBetween(LogQueue.MOST_WAITING, LogQueue.MOST_WAITING + 1);
        assertThat(messages.getFirst()).isEqualTo("line 0");
        assertThat(loss).startsWith(lines - messages.size() + " lines of this log were dropped");
    }

    @Test
    void whatWasWaitedForInVainIsNotWaitedForAgain() {
        logger.log(System.Logger.Level.INFO, "a line");
        assertThat(queue.flush(SHORT)).isFalse();
        assertThat(queue.flush(Duration.ofDays(1))).isFalse();
        mayWrite.countDown();
        Awaitility.await().until(() -> queue.flush(LONG));
        assertThat(written).hasSize(1);
    }

    @Test
    void aLoggerThatFailsCostsOneLine() {
        mayWrite.countDown();
        failing = true;
        logger.log(System.Logger.Level.INFO, "first");
        logger.log(System.Logger.Level.INFO, "second");
        assertThat(queue.flush(LONG)).isTrue();
        List<String> messages = new ArrayList<>(written.stream().map(Line::message).toList());
        assertThat(messages.remove("second")).isTrue();
        assertThat(messages).singleElement().asString().startsWith("1 lines of this log were dropped");
    }

    @Test
    void aLineThatThereIsNoMemoryForIsWrittenWhenThereIs() {
        mayWrite.countDown();
        withoutMemory.set(3);
        logger.log(System.Logger.Level.INFO, "first");
        logger.log(System.Logger.Level.INFO, "second");
        assertThat(queue.flush(LONG)).isTrue();
        assertThat(written).extracting(Line::message).containsExactly("first", "second");
    }

    @Test
    void oneThatCannotEvenBeQueuedIsCounted() {
        mayWrite.countDown();
        queue.drop();
        logger.log(System.Logger.Level.INFO, "next");
        assertThat(queue.flush(LONG)).isTrue();
        assertThat(written).extracting(Line::message).first().isEqualTo("next");
        assertThat(written).extracting(Line::message).last().asString()
                .startsWith("1 lines of this log were dropped").contains("no memory");
    }

    @Test
    void whatCannotBePreparedAtTheFirstLineIsAtAnother() {
        mayWrite.countDown();
        AtomicInteger tries = new AtomicInteger();
        LogQueue other = new LogQueue(() -> new Destinations.AnyLogger(false), () -> {
            if (tries.incrementAndGet() < 3) {
                throw new OutOfMemoryError("on purpose");
            }
        });
        QueuedLogger teller = new QueuedLogger("some.Name", other);
        for (int i = 0; i < 5; i++) {
            teller.log(System.Logger.Level.DEBUG, "a line");
            other.add(new Line(teller, System.Logger.Level.DEBUG, Instant.EPOCH, 1, null, "a line", null, null));
        }
        assertThat(other.flush(LONG)).isTrue();
        assertThat(tries).hasValue(3);
    }

    /// The logging framework would hold a lock meanwhile, which its shutdown hook waits for.
    @Test
    void noLineIsWrittenWhileStandardErrorTakesNone() {
        mayWrite.countDown();
        standardError = true;
        CountDownLatch asked = new CountDownLatch(2);
        CountDownLatch ready = new CountDownLatch(1);
        queue.heed(millis -> {
            asked.countDown();
            if (asked.getCount() == 0) {
                await(ready);
                return true;
            }
            return false;
        });
        logger.log(System.Logger.Level.INFO, "a line");
        await(asked);
        assertThat(written).isEmpty();
        ready.countDown();
        assertThat(queue.flush(LONG)).isTrue();
        assertThat(written).hasSize(1);
    }

    /// Whoever reads the log late is told when it was, and by whom.
    @Test
    void aHandlerSeesWhoSaidItAndWhen() {
        Logger java = Logger.getLogger("some.Name");
        List<LogRecord> published = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord one) {
                published.add(one);
            }

            @Override
            public void flush() {
                // nothing is buffered
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
        java.addHandler(handler);
        java.setUseParentHandlers(false);
        try {
            JavaLogging destination = new JavaLogging();
            Exception thrown = new Exception("a cause");
            Instant when = Instant.EPOCH;
            Line line = new Line(logger, System.Logger.Level.WARNING, when, 7, null, "text {0}", List.of("x"), thrown);
            assertThat(destination.isStandardError(line)).isFalse();
            destination.write(line);
            assertThat(published).singleElement().satisfies(record -> {
                assertThat(record.getLoggerName()).isEqualTo("some.Name");
                assertThat(record.getSourceClassName()).isEqualTo("some.Name");
                assertThat(record.getSourceMethodName()).isNull();
                assertThat(record.getInstant()).isEqualTo(when);
                assertThat(record.getLongThreadID()).isEqualTo(7);
                assertThat(record.getLevel()).isEqualTo(Level.WARNING);
                assertThat(record.getThrown()).isSameAs(thrown);
                assertThat(new SimpleFormatter().format(record)).contains("some.Name", "text x");
            });
            java.setUseParentHandlers(true);
            assertThat(destination.isStandardError(line)).isTrue();
            java.setLevel(Level.OFF);
            assertThat(destination.isStandardError(line)).isFalse();
        } finally {
            java.removeHandler(handler);
            java.setUseParentHandlers(true);
            java.setLevel(null);
        }
    }
}
