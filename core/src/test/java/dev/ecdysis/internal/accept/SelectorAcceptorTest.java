package dev.ecdysis.internal.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("slow")
@Timeout(60)
class SelectorAcceptorTest {
    @Test
    void eachConnectionIsServedOnAVirtualThreadInBlockingMode() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (Listening listening = new Listening(
                connection -> seen.add(Thread.currentThread().isVirtual() + " "
                        + connection.isBlocking() + " " + Thread.currentThread().getName()))) {
            listening.acceptor.start();
            try (SocketChannel first = listening.connect(); SocketChannel second = listening.connect()) {
                assertThat(List.of(seen.take(), seen.take())).containsExactlyInAnyOrder(
                        "true true ecdysis-" + listening.name + "-0",
                        "true true ecdysis-" + listening.name + "-1");
                assertThat(Listening.isAnswered(first)).isFalse();
                assertThat(Listening.isAnswered(second)).isFalse();
            }
            assertThat(listening.thread()).matches(Thread::isDaemon);
        }
    }

    @Test
    void connectionsWaitInTheQueueWhilePaused() throws Exception {
        try (Listening listening = new Listening(Listening::answer)) {
            listening.acceptor.start();
            listening.acceptor.pause();
            try (SocketChannel client = listening.connect()) {
                client.socket().setSoTimeout(200);
                assertThatThrownBy(() -> client.socket().getInputStream().read())
                        .isInstanceOf(SocketTimeoutException.class);
                assertThat(listening.live.count()).isZero();
                listening.acceptor.resume();
                assertThat(Listening.isAnswered(client)).isTrue();
            }
        }
    }

    /// Its own thread has to wake up first.
    @Test
    void whatWaitsIsAcceptedByWhoeverResumes() throws Exception {
        Thread caller = Thread.currentThread();
        try (Listening listening = new Listening(
                (name, live) -> new ConnectionThreads(name, Listening::answer, live),
                channel -> Thread.currentThread() == caller ? channel.accept() : null)) {
            listening.acceptor.prepare();
            List<SocketChannel> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 5; i++) {
                    clients.add(listening.connect());
                }
                listening.acceptor.start();
                for (SocketChannel client : clients) {
                    assertThat(Listening.isAnswered(client)).isTrue();
                }
            } finally {
                for (SocketChannel client : clients) {
                    client.close();
                }
            }
        }
    }

    @Test
    void anErrorWhileItResumesIsTheLoopsToDealWith() throws Exception {
        Thread caller = Thread.currentThread();
        try (Listening listening = new Listening(
                (name, live) -> new ConnectionThreads(name, Listening::answer, live), channel -> {
                    if (Thread.currentThread() == caller) {
                        throw new IOException("Too many open files");
                    }
                    return channel.accept();
                })) {
            listening.acceptor.prepare();
            try (SocketChannel client = listening.connect()) {
                listening.acceptor.start();
                assertThat(Listening.isAnswered(client)).isTrue();
            }
        }
    }

    /// A fifth of what a thread uses that spins, and far more than one that waits.
    private static final long WATCHED_MILLIS = 500;
    private static final long MOST_CPU_NANOS = WATCHED_MILLIS * 1_000_000 / 5;

    @Test
    void pausedWithConnectionsWaitingItCostsNoTime() throws Exception {
        try (Listening listening = new Listening(Listening::answer)) {
            listening.acceptor.start();
            listening.acceptor.pause();
            try (SocketChannel client = listening.connect()) {
                long before = cpuNanos(listening);
                Thread.sleep(WATCHED_MILLIS);
                assertThat(cpuNanos(listening) - before).isLessThan(MOST_CPU_NANOS);
                listening.acceptor.resume();
                assertThat(Listening.isAnswered(client)).isTrue();
            }
        }
    }

    @Test
    void beatsOnlyWhileAsked() throws Exception {
        try (Listening listening = new Listening(Listening::answer)) {
            listening.acceptor.start();
            assertThat(listening.acceptor.acceptingSinceNanos()).isNotZero();
            await().until(() -> listening.thread().getState() == Thread.State.RUNNABLE);
            listening.acceptor.beat(true);
            for (int i = 0; i < 5; i++) {
                long seen = System.nanoTime();
                await().until(() -> listening.acceptor.lastStepNanos() - seen > 0);
            }
            listening.acceptor.beat(false);
            // The last one may be on its way. While it is asked to, it beats three times meanwhile.
            await().until(() -> {
                long last = listening.acceptor.lastStepNanos();
                Thread.sleep(300);
                return listening.acceptor.lastStepNanos() == last;
            });
        }
    }

    /// And not when the next one is due, which on average is half a beat later. A busy machine delays both.
    @Test
    void aBeatFollowsAResumeAtOnce() throws Exception {
        List<Long> untilNext = new ArrayList<>();
        List<Long> afterResume = new ArrayList<>();
        try (Listening listening = new Listening(Listening::answer)) {
            listening.acceptor.beat(true);
            listening.acceptor.start();
            for (int i = 0; i < 15; i++) {
                long last = listening.acceptor.lastStepNanos();
                while (listening.acceptor.lastStepNanos() == last) {
                    Thread.onSpinWait();
                }
                untilNext.add(listening.acceptor.lastStepNanos() - last);
            }
            for (int i = 0; i < 50; i++) {
                listening.acceptor.pause();
                long asked = System.nanoTime();
                listening.acceptor.resume();
                long since = listening.acceptor.acceptingSinceNanos();
                while (listening.acceptor.lastStepNanos() - since <= 0) {
                    Thread.onSpinWait();
                }
                afterResume.add(System.nanoTime() - asked);
            }
        }
        assertThat(median(afterResume)).as("after a resume").isLessThan(median(untilNext) / 4);
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /// How long a loop does not accept that has failed so often in a row: each time twice as long as before.
    private static long backoffNanos(int failures) {
        Backoff backoff = new Backoff();
        backoff.failed(0);
        return backoff.remaining(0) * ((1L << failures) - 1);
    }

    @Test
    void anErrorOfAcceptNeitherEndsItNorMakesItSpin() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (Listening listening = new Listening(
                (name, live) -> new ConnectionThreads(name, Listening::answer, live),
                channel -> {
                    if (calls.incrementAndGet() <= 7) { // once in start()
                        throw new IOException("Too many open files");
                    }
                    return channel.accept();
                })) {
            long started = System.nanoTime();
            listening.acceptor.start();
            try (SocketChannel client = listening.connect()) {
                assertThat(Listening.isAnswered(client)).isTrue();
            }
            assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(backoffNanos(6));
            assertThat(calls).hasValueBetween(8, 10);
        }
    }

    @Test
    void errorsOfEveryKindAreSurvivedAndCostNoTime() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (Listening listening = new Listening(
                (name, live) -> new ConnectionThreads(name, Listening::answer, live),
                channel -> {
                    if (calls.incrementAndGet() % 2 == 0) {
                        throw new OutOfMemoryError("test");
                    }
                    throw new IllegalStateException("test");
                })) {
            long started = System.nanoTime();
            listening.acceptor.start();
            long before = cpuNanos(listening);
            try (SocketChannel client = listening.connect()) {
                await().until(() -> calls.get() >= 8);
                int called = calls.get();
                long elapsed = System.nanoTime() - started;
                assertThat(client.isConnected()).isTrue();
                // start() is one call, and after the last it has not waited yet.
                assertThat(elapsed).isGreaterThanOrEqualTo(backoffNanos(called - 2));
                assertThat(cpuNanos(listening) - before).isLessThan(elapsed / 5);
                listening.acceptor.pause();
                listening.acceptor.resume();
                listening.acceptor.pause();
            }
        }
    }

    @Test
    void whatAHandlerThrowsEndsItsConnectionOnly() throws Exception {
        AtomicInteger served = new AtomicInteger();
        try (Listening listening = new Listening(connection -> {
            switch (served.getAndIncrement()) {
                case 0 -> throw new IllegalStateException("test: a handler's exception");
                case 1 -> throw new StackOverflowError("test: a handler's error");
                default -> Listening.answer(connection);
            }
        })) {
            listening.acceptor.start();
            for (boolean answered : new boolean[] {false, false, true}) {
                try (SocketChannel client = listening.connect()) {
                    assertThat(Listening.isAnswered(client)).isEqualTo(answered);
                }
            }
            await().until(() -> listening.live.count() == 0);
        }
    }

    @Test
    void aConnectionWhoseThreadCannotStartIsClosed() throws Exception {
        AtomicInteger started = new AtomicInteger();
        try (Listening listening = new Listening(
                (name, live) -> new ConnectionThreads(name, Listening::answer, live, work -> {
                    if (started.getAndIncrement() == 0) {
                        throw new OutOfMemoryError("test: unable to create a thread");
                    }
                    return Thread.ofVirtual().unstarted(work);
                }), java.nio.channels.ServerSocketChannel::accept)) {
            listening.acceptor.start();
            try (SocketChannel first = listening.connect()) {
                assertThat(Listening.isAnswered(first)).isFalse();
            }
            try (SocketChannel second = listening.connect()) {
                assertThat(Listening.isAnswered(second)).isTrue();
            }
            await().until(() -> listening.live.count() == 0);
        }
    }

    /// As a full heap does, which has the handler of the error fail as well: again and again, at any place.
    @Test
    void outlivesErrorsOfTheJvm() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        try (Listening listening = new Listening(
                (name, live) -> new ConnectionThreads(name, Listening::answer, live), listener -> {
                    if (tries.getAndIncrement() < 3) {
                        throw new OutOfMemoryError("test");
                    }
                    return listener.accept();
                })) {
            Logger logger = Logger.getLogger(AcceptLoop.class.getName());
            Handler failing = new FailingHandler();
            logger.addHandler(failing);
            try {
                listening.acceptor.start();
                try (SocketChannel client = listening.connect()) {
                    assertThat(Listening.isAnswered(client)).isTrue();
                }
            } finally {
                logger.removeHandler(failing);
            }
            assertThat(tries.get()).isGreaterThan(3);
            await().until(() -> listening.live.count() == 0);
        }
    }

    private static final class FailingHandler extends Handler {
        @Override
        public void publish(LogRecord logged) {
            throw new OutOfMemoryError("test: while logging");
        }

        @Override
        public void flush() {
        }

        @Override
        public void close() {
        }
    }

    @Test
    void countsExactly() throws Exception {
        int connections = 5000;
        AtomicInteger served = new AtomicInteger();
        try (Listening listening = new Listening(connection -> {
            served.incrementAndGet();
            Listening.answer(connection);
        })) {
            listening.acceptor.start();
            List<Thread> clients = new ArrayList<>();
            AtomicInteger answered = new AtomicInteger();
            for (int i = 0; i < 10; i++) {
                clients.add(Thread.ofPlatform().start(() -> {
                    for (int j = 0; j < connections / 10; j++) {
                        try (SocketChannel client = listening.connect()) {
                            if (Listening.isAnswered(client)) {
                                answered.incrementAndGet();
                            }
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    }
                }));
            }
            for (Thread client : clients) {
                client.join();
            }
            assertThat(answered).hasValue(connections);
            assertThat(served).hasValue(connections);
            await().until(() -> listening.live.count() == 0);
        }
    }

    @Test
    void cutOffEndsEachConnectionAndTellsWhenTheLastHasEnded() throws Exception {
        int connections = 200;
        try (Listening listening = new Listening(Listening::hold)) {
            listening.acceptor.start();
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                clients.add(listening.connect());
            }
            await().until(() -> listening.live.count() == connections);
            CountDownLatch empty = new CountDownLatch(1);
            listening.live.onEmpty(empty::countDown);
            assertThat(empty.getCount()).isEqualTo(1);
            listening.live.closeAll();
            assertThat(empty.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(listening.live.count()).isZero();
            for (SocketChannel client : clients) {
                assertThat(Listening.isAnswered(client)).isFalse();
                client.close();
            }
        }
    }

    @Test
    void afterACutOffNothingGetsIn() throws Exception {
        try (Listening listening = new Listening(Listening::hold)) {
            listening.acceptor.start();
            listening.live.closeAll();
            try (SocketChannel client = listening.connect()) {
                assertThat(Listening.isAnswered(client)).isFalse();
            }
            await().until(() -> listening.live.count() == 0);
        }
    }

    @Test
    void closedItHasDeregisteredAndCannotAcceptAgain() throws Exception {
        try (Listening listening = new Listening(Listening::answer)) {
            listening.acceptor.start();
            Thread thread = listening.thread();
            listening.acceptor.close();
            assertThat(listening.channel.isRegistered()).isFalse();
            assertThat(listening.channel.isOpen()).isTrue();
            assertThat(thread.join(java.time.Duration.ofSeconds(5))).isTrue();
            assertThatIOException().isThrownBy(listening.acceptor::resume);
            listening.acceptor.pause();
            listening.acceptor.close();
        }
    }

    @Test
    void handlersHaveTheContextClassLoaderOfWhoeverSetThemUp() throws Exception {
        ClassLoader applications = new ClassLoader("application", null) {};
        BlockingQueue<ClassLoader> seen = new LinkedBlockingQueue<>();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(applications);
        try (Listening listening = new Listening(
                connection -> seen.add(Thread.currentThread().getContextClassLoader()))) {
            Thread.currentThread().setContextClassLoader(before);
            listening.acceptor.start();
            listening.connect().close();
            assertThat(seen.take()).isSameAs(applications);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void neverStartedItCanBeClosed() throws Exception {
        try (Listening listening = new Listening(Listening::answer)) {
            listening.acceptor.pause();
            listening.acceptor.close();
            assertThatIOException().isThrownBy(listening.acceptor::resume);
        }
    }

    @Test
    void aChannelThatTheUserClosedEndsNothingElse() throws Exception {
        try (Listening listening = new Listening(Listening::answer)) {
            listening.acceptor.start();
            listening.channel.close();
            long before = cpuNanos(listening);
            Thread.sleep(WATCHED_MILLIS);
            assertThat(cpuNanos(listening) - before).isLessThan(MOST_CPU_NANOS);
            listening.acceptor.pause();
            listening.acceptor.resume();
        }
    }

    @Test
    void anInterruptDoesNoHarm() throws Exception {
        try (Listening listening = new Listening(Listening::answer)) {
            listening.acceptor.start();
            listening.thread().interrupt();
            try (SocketChannel client = listening.connect()) {
                assertThat(Listening.isAnswered(client)).isTrue();
            }
            assertThat(listening.channel.isOpen()).isTrue();
        }
    }

    private static long cpuNanos(Listening listening) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(listening.thread().threadId());
    }
}
