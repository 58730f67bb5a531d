package dev.ecdysis.internal.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Unix;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.registry.SocketFactory;
import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.Fields;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who is let in, who has to go, and what is said about it.
@Timeout(60)
class ControlServerTest {
    private static final UpgradeResult COMMITTED = new UpgradeResult.Committed(1, 4711, Duration.ZERO,
            Duration.ZERO);

    /// Far more than the pauses below, and still no long wait.
    private static final Duration FRAME_LIMIT = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(20);

    @TempDir
    Path folder;

    private final FaultingPosix posix = new FaultingPosix(LinuxPosix.open());
    private final List<SocketChannel> clients = new ArrayList<>();
    private final Queue<Reply> upgrades = new ConcurrentLinkedQueue<>();
    private final AtomicInteger withoutMemory = new AtomicInteger();
    private EventLoop loop;
    private Thread thread;
    private ControlServer server;

    @BeforeEach
    void start() throws IOException {
        loop = new EventLoop(posix);
        server = new ControlServer(posix, loop, requests(), FRAME_LIMIT);
        server.use(new SocketFactory(posix).bind("control", Unix.of(path()), true));
        server.accepting(true);
        thread = Thread.ofPlatform().start(loop::run);
    }

    private RequestHandler requests() {
        return new RequestHandler() {
            @Override
            public void upgrade(Reply reply, List<String> command) {
                upgrades.add(reply);
                reply.send(new Message.Progress(0, 1, OptionalLong.empty(), 0, 0, ""));
            }

            @Override
            public void status(Reply reply) {
                if (withoutMemory.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("on purpose");
                }
                reply.send(new Message.Report(Fields.builder().build()));
            }

            @Override
            public void stop(Reply reply) {
                reply.send(new Message.Progress(0, 0, OptionalLong.empty(), 0, 0, ""));
            }

            @Override
            public void doctor(Reply reply) {
                throw new AssertionError();
            }
        };
    }

    /// It has been read, and nobody asks it again.
    @Test
    void whatIsAskedWithoutMemoryIsAnsweredWhenThereIsSome() throws Exception {
        withoutMemory.set(3);
        SocketChannel client = connect();
        ask(client, new Message.StatusRequest());
        assertThat(answer(client)).isPositive();
        assertThat(withoutMemory.get()).isNegative();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        for (SocketChannel client : clients) {
            client.close();
        }
        onLoop(() -> server.close(true));
        loop.stop();
        thread.join();
        assertThat(posix.openDescriptors()).isEmpty();
    }

    private Path path() {
        return folder.resolve("control.sock");
    }

    private void onLoop(Runnable action) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(() -> {
            action.run();
            done.countDown();
        });
        done.await();
    }

    private SocketChannel connect() throws IOException {
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path()));
        clients.add(client);
        return client;
    }

    private static void ask(SocketChannel client, Message request) throws IOException {
        client.write(Codec.encode(request, 0));
    }

    /// One frame; 0 when the server has closed the connection.
    private static int answer(SocketChannel client) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(4);
        while (length.hasRemaining()) {
            if (client.read(length) < 0) {
                return 0;
            }
        }
        ByteBuffer rest = ByteBuffer.allocate(length.getInt(0) - length.capacity());
        while (rest.hasRemaining()) {
            if (client.read(rest) < 0) {
                throw new IOException("half a frame");
            }
        }
        return length.getInt(0);
    }

    private SocketChannel asking(Message request) throws IOException {
        SocketChannel client = connect();
        ask(client, request);
        assertThat(answer(client)).isPositive();
        return client;
    }

    @Test
    void whoHasBeenIdleLongestMakesRoom() throws Exception {
        List<SocketChannel> asked = new ArrayList<>();
        for (int i = 0; i < ControlServer.MOST_ASKING; i++) {
            asked.add(asking(new Message.StatusRequest()));
        }
        SocketChannel oldest = asked.getFirst();
        ask(oldest, new Message.StatusRequest());
        assertThat(answer(oldest)).isPositive();
        asking(new Message.StatusRequest());
        assertThat(answer(asked.get(1))).isZero();
        for (SocketChannel client : List.of(oldest, asked.get(2), asked.getLast())) {
            ask(client, new Message.StatusRequest());
            assertThat(answer(client)).isPositive();
        }
    }

    @Test
    void whoIsOwedAnAnswerStays() throws Exception {
        SocketChannel upgrading = asking(new Message.UpgradeRequest());
        SocketChannel following = asking(new Message.UpgradeRequest());
        SocketChannel refused = asking(new Message.UpgradeRequest());
        SocketChannel stopping = asking(new Message.StopRequest());
        List<Reply> replies = List.copyOf(upgrades);
        onLoop(() -> {
            replies.get(1).send(new Message.Result(ResultCodec.of(COMMITTED)));
            replies.get(2).send(new Message.Result(ResultCodec.of(new UpgradeResult.Refused("no"))));
        });
        assertThat(answer(following)).isPositive();
        assertThat(answer(refused)).isPositive();
        for (int i = clients.size(); i < ControlServer.MOST_ASKING; i++) {
            asking(new Message.StopRequest());
        }
        asking(new Message.StopRequest());
        assertThat(answer(refused)).isZero();
        SocketChannel last = asking(new Message.StatusRequest());
        assertThat(answer(last)).as("nobody could make room, so it was refused").isZero();
        onLoop(() -> replies.forEach(reply -> reply.send(new Message.Progress(0, 1, OptionalLong.empty(), 0, 0, ""))));
        assertThat(answer(upgrading)).isPositive();
        assertThat(answer(following)).isPositive();
        ask(stopping, new Message.StatusRequest());
        assertThat(answer(stopping)).isPositive();
    }

    @Test
    void whoDoesNotCompleteAFrameGoesWhateverWasAskedBefore() throws Exception {
        SocketChannel idle = asking(new Message.StatusRequest());
        SocketChannel answered = asking(new Message.StatusRequest());
        SocketChannel owed = asking(new Message.UpgradeRequest());
        for (SocketChannel client : List.of(answered, owed)) {
            client.write(begunFrame());
        }
        assertThat(answer(answered)).isZero();
        assertThat(answer(owed)).isZero();
        ask(idle, new Message.StatusRequest());
        assertThat(answer(idle)).as("between frames one may be silent").isPositive();
    }

    @Test
    void aByteNowAndThenGainsNoTime() throws Exception {
        SocketChannel dribbling = asking(new Message.StatusRequest());
        dribbling.write(begunFrame());
        Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(PAUSE)
                .until(() -> isClosedAfter(dribbling, (byte) 0));
    }

    private static boolean isClosedAfter(SocketChannel client, byte sent) {
        try {
            client.write(ByteBuffer.wrap(new byte[] {sent}));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /// It has always begun a frame, and completes each in time.
    @Test
    void eachFrameHasItsOwnTime() throws Exception {
        SocketChannel client = connect();
        ByteBuffer request = Codec.encode(new Message.StatusRequest(), 0);
        client.write(request.slice(0, 1));
        ByteBuffer next = ByteBuffer.allocate(request.limit()).put(request.slice(1, request.limit() - 1))
                .put(request.slice(0, 1)).flip();
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < FRAME_LIMIT.toNanos() * 5 / 4) {
            client.write(next.rewind());
            assertThat(answer(client)).isPositive();
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /// The beginning of a frame that is allowed and has more bytes than the test will send.
    private static ByteBuffer begunFrame() {
        return ByteBuffer.allocate(12).putInt(4000).put((byte) 1).put((byte) 0).putShort((short) 33).putInt(0)
                .flip();
    }

    @Test
    void aFloodOfBadPeersIsALineASecondThatCountsThem() throws Exception {
        int peers = 100;
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                lines.add(record.getMessage());
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
        Logger logger = Logger.getLogger(RateLimitedLog.class.getName());
        logger.addHandler(handler);
        long begun = System.nanoTime();
        try {
            for (int i = 0; i < peers; i++) {
                SocketChannel client = connect();
                client.write(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1}));
                assertThat(answer(client)).isZero();
            }
            Awaitility.await()
                    .untilAsserted(() -> assertThat(lines.stream().mapToInt(ControlServerTest::stoodFor).sum())
                            .isEqualTo(peers));
        } finally {
            logger.removeHandler(handler);
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
        assertThat(lines).hasSizeLessThanOrEqualTo((int) seconds + 2)
                .allSatisfy(line -> assertThat(line).startsWith("control socket: dropped process "));
    }

    private static int stoodFor(String line) {
        int more = line.indexOf("(and ");
        return more < 0 ? 1 : 1 + Integer.parseInt(line.substring(more + 5, line.indexOf(" more", more)));
    }
}
