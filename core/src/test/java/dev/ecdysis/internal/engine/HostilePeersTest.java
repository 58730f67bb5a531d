package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whoever connects to the control socket and does not keep to the protocol is refused or dropped; the server goes on,
/// can be upgraded, and keeps nothing of it.
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HostilePeersTest {
    private static final int MANY = 1_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = 5_000_000;

    @TempDir
    Path folder;

    private Laboratory laboratory;

    @BeforeEach
    void start() throws IOException {
        laboratory = new Laboratory(folder);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        try (Laboratory ending = laboratory) {
            ending.check("afterwards");
        }
    }

    private RawClient connect() throws IOException {
        return new RawClient(laboratory.control());
    }

    @Test
    void garbageIsDropped() throws Exception {
        Random random = new Random(11);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[1 + random.nextInt(6_000)];
            random.nextBytes(garbage);
            garbage[0] = -1; // of less than four bytes more might follow, and is waited for
            assertDropped(garbage);
            byte[] whatever = new byte[4 + random.nextInt(6_000)];
            random.nextBytes(whatever);
            assertDropped(whatever);
        }
    }

    private void assertDropped(byte[] garbage) throws IOException {
        try (RawClient client = connect()) {
            client.send(ByteBuffer.wrap(garbage), List.of());
            assertThat(client.awaitClosed()).isZero();
        }
    }

    /// What it does not know it may refuse in words.
    @Test
    void garbageInAWholeFrameIsRefusedOrDropped() throws Exception {
        Random random = new Random(12);
        for (int i = 0; i < 100; i++) {
            byte[] garbage = new byte[12 + random.nextInt(4_000)];
            random.nextBytes(garbage);
            ByteBuffer frame = ByteBuffer.wrap(garbage).putInt(0, garbage.length);
            try (RawClient client = connect()) {
                client.send(frame, List.of());
                client.awaitClosed();
            }
        }
    }

    @Test
    void aFrameOfFourGibibytesIsDroppedAtItsFirstBytes() throws Exception {
        for (long length : new long[] {0xffff_ffffL, 0x8000_0000L, 0x7fff_ffffL, 4097, 11, 0}) {
            try (RawClient client = connect()) {
                client.send(ByteBuffer.allocate(4).putInt((int) length).flip(), List.of());
                assertThat(client.awaitClosed()).as("length " + length).isZero();
            }
        }
    }

    @Test
    void silenceAndHalfAFrameAreDroppedAfterAWhile() throws Exception {
        try (RawClient silent = connect();
                RawClient half = connect();
                RawClient asked = connect();
                RawClient idle = connect()) {
            ask(idle);
            ask(asked);
            half.send(halfARequest(), List.of());
            asked.send(halfARequest(), List.of());
            assertThat(half.awaitClosed()).isZero();
            assertThat(silent.awaitClosed()).isZero();
            assertThat(asked.awaitClosed()).isZero();
            ask(idle);
        }
    }

    private static ByteBuffer halfARequest() throws IOException {
        ByteBuffer request = RawClient.bytes(new Message.StatusRequest());
        return request.limit(request.limit() - 1);
    }

    private static void ask(RawClient client) throws IOException {
        client.send(new Message.StatusRequest());
        ByteBuffer answer = ByteBuffer.allocate(64 << 10);
        while (answer.position() < 4 || answer.position() < answer.getInt(0)) {
            assertThat(client.read(answer)).isPositive();
        }
    }

    @Test
    void descriptorsThatNoFrameAnnouncedAreClosed() throws Exception {
        try (RawClient client = connect(); FdPair pipe = LinuxPosix.open().pipe2()) {
            List<Fd> writers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                writers.add(pipe.second());
            }
            client.send(RawClient.bytes(new Message.StatusRequest()), writers);
            assertThat(client.awaitClosed()).isZero();
            pipe.second().close();
            // The end of the file comes when nobody holds the other end any more.
            assertThat(LinuxPosix.open().read(pipe.first(), ByteBuffer.allocate(1))).isZero();
        }
    }

    @Test
    void anUnknownRequestIsRefused() throws Exception {
        try (RawClient client = connect()) {
            client.send(new Message.Paused());
            assertThat(client.awaitClosed()).isPositive();
        }
    }

    /// They come before the upgrade, all through it, and to the successor, which lets go of its share while they still
    /// hold their ends.
    @Test
    void aThousandSilentConnectionsDoNotKeepAnUpgradeOut() throws Exception {
        laboratory.upgradeUndisturbed();
        List<RawClient> silent = new ArrayList<>();
        try {
            connectMore(MANY, silent);
            laboratory.upgrade("a client among a thousand", silent, control -> {
                CompletableFuture<UpgradeResult> asked = CompletableFuture.supplyAsync(() -> upgrade(control));
                while (!asked.isDone()) {
                    connectMore(1, silent);
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
                assertThat(asked.get()).isInstanceOf(UpgradeResult.Committed.class);
                connectMore(MANY, silent);
            });
        } finally {
            silent.forEach(RawClient::close);
        }
    }

    private void connectMore(int more, List<RawClient> clients) throws IOException {
        for (int i = 0; i < more; i++) {
            clients.add(connect());
        }
    }

    private static UpgradeResult upgrade(Path control) {
        try (ControlClient client = ControlClient.connect(control, LIMIT)) {
            return client.upgrade(progress -> {
            });
        } catch (ControlException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whoAsksForAnUpgradeNeedNotRead() throws Exception {
        laboratory.upgradeUndisturbed();
        List<RawClient> clients = new ArrayList<>();
        try {
            laboratory.upgrade("a client that never reads", clients, control -> {
                RawClient client = new RawClient(control);
                clients.add(client);
                client.send(new Message.UpgradeRequest());
            });
        } finally {
            clients.forEach(RawClient::close);
        }
    }

    @Test
    void whoAsksForAnUpgradeMayGoInTheMiddleOfIt() throws Exception {
        laboratory.upgradeUndisturbed();
        laboratory.upgrade("a client that goes", List.of(), control -> {
            try (RawClient client = new RawClient(control)) {
                client.send(new Message.UpgradeRequest());
                assertThat(client.read(ByteBuffer.allocate(1))).isOne();
            }
        });
    }

    @Test
    void aFloodOfQuestionsWithoutReadingTheAnswersStopsByItself() throws Exception {
        laboratory.upgradeUndisturbed();
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                RawClient client = connect();
                clients.add(client);
                flood(client);
            }
            laboratory.upgrade("a client in the flood", clients, control -> {
                try (RawClient client = new RawClient(control)) {
                    client.send(new Message.UpgradeRequest());
                    client.read(ByteBuffer.allocate(1_000));
                }
            });
        } finally {
            clients.forEach(RawClient::close);
        }
    }

    /// Until the kernel takes no more, because the server reads no more. Meanwhile others are answered.
    private void flood(RawClient client) throws IOException {
        ByteBuffer question = RawClient.bytes(new Message.StatusRequest());
        int asked = 0;
        for (int before = -1; before != asked; laboratory.status()) {
            before = asked;
            while (client.send(question, List.of())) {
                question.rewind();
                asked++;
                assertThat(asked).isLessThan(1_000_000);
            }
        }
    }

    @Test
    void eachQuestionOfAFloodIsAnswered() throws Exception {
        int questions = 2_000;
        ByteBuffer one = RawClient.bytes(new Message.StatusRequest());
        ByteBuffer all = ByteBuffer.allocate(questions * one.limit());
        for (int i = 0; i < questions; i++) {
            all.put(one.duplicate());
        }
        all.flip();
        try (RawClient client = connect()) {
            ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
            client.send(one, List.of());
            client.read(buffer);
            int length = buffer.getInt(0);
            long received = 0;
            while (all.hasRemaining() || received < (long) questions * length * 9 / 10) {
                client.send(all, List.of());
                received += client.read(buffer.clear());
            }
        }
    }
}
