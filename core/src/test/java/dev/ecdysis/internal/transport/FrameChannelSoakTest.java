package dev.ecdysis.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two channels with a small buffer between them, in whatever order sending and receiving happen.
@ExtendWith(LeakCheck.class)
class FrameChannelSoakTest {
    private static final int ROUNDS = 3_000;

    /// A message on its way, with what its descriptors refer to.
    private record Sent(Message message, List<String> identities) {
    }

    private final Deque<Sent> underWay = new ArrayDeque<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everythingArrivesInOrderWithItsOwnDescriptors(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        try (Wire wire = new Wire(); FrameChannel peer = wire.peerChannel()) {
            Wire.POSIX.setsockopt(wire.peer, Linux.SOL_SOCKET, Linux.SO_SNDBUF, 4_096);
            List<Fd> pipes = wire.pipes(600);
            for (int round = 0; round < ROUNDS; round++) {
                switch (random.nextInt(5)) {
                    case 0, 1 -> send(peer, pipes, random);
                    case 2 -> peer.flush();
                    default -> receive(wire.channel);
                }
            }
            while (!underWay.isEmpty()) {
                peer.flush();
                receive(wire.channel);
            }
            wire.assertNothing();
        }
    }

    private void send(FrameChannel channel, List<Fd> pipes, SplittableRandom random) throws IOException {
        if (underWay.size() > 20) {
            return;
        }
        boolean small = random.nextBoolean();
        int count = random.nextInt(10) == 0 ? random.nextInt(200, 253) : random.nextInt(3, 12);
        int first = random.nextInt(pipes.size() - count);
        List<Fd> descriptors = small ? List.of() : pipes.subList(first, first + count);
        Message message = small ? new Message.Heartbeat(random.nextLong(), 0)
                : Wire.sockets(count, random.nextInt(4) == 0 ? random.nextInt(40_000) : 0);
        underWay.add(new Sent(message, Wire.identities(descriptors)));
        channel.send(message, descriptors);
    }

    private void receive(FrameChannel channel) throws IOException {
        switch (channel.receive()) {
            case Incoming.Arrived(Message message, List<Fd> descriptors) -> {
                Sent sent = underWay.remove();
                assertThat(message).isEqualTo(sent.message());
                assertThat(Wire.identities(descriptors)).isEqualTo(sent.identities());
                descriptors.forEach(Fd::close);
            }
            case Incoming.Nothing() -> {}
            case Incoming.EndOfStream() -> throw new AssertionError("end of stream");
            case Incoming.Torn(String reason) -> throw new AssertionError(reason);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sendmsg", "recvmsg", "duplicate"})
    void whicheverCallFailsNothingStaysOpen(String call) throws IOException {
        boolean hit = true;
        int failures = 0;
        for (int nth = 1; hit; nth++) {
            int before = OpenFiles.count();
            FaultyPosix posix = new FaultyPosix();
            posix.fail(call, nth, call.equals("duplicate") ? Errno.EMFILE : Errno.ENOBUFS);
            boolean arrived = handOver(posix.posix());
            hit = !posix.isArmed();
            failures += hit ? 1 : 0;
            assertThat(arrived).as("%s number %d failed", call, nth).isEqualTo(!hit);
            assertThat(OpenFiles.count()).as("%s number %d failed", call, nth).isEqualTo(before);
        }
        assertThat(failures).isGreaterThan(3);
    }

    /// Sends two messages with descriptors through a small buffer; true when both arrived.
    private static boolean handOver(Posix posix) throws IOException {
        FdPair pair = Wire.POSIX.socketpair();
        Wire.POSIX.setsockopt(pair.first(), Linux.SOL_SOCKET, Linux.SO_SNDBUF, 4_096);
        try (FrameChannel sender = new FrameChannel(posix, pair.first(), Limits.FRAME);
                FrameChannel receiver = new FrameChannel(posix, pair.second(), Limits.FRAME);
                FdPair pipe = Wire.POSIX.pipe2()) {
            try {
                sender.send(Wire.sockets(3, 20_000), List.of(pipe.first(), pipe.second(), pipe.first()));
                sender.send(Wire.sockets(4),
                        List.of(pipe.first(), pipe.second(), pipe.first(), pipe.second()));
                boolean first = arrives(sender, receiver);
                return first && arrives(sender, receiver);
            } catch (IOException e) {
                return false;
            }
        }
    }

    private static boolean arrives(FrameChannel sender, FrameChannel receiver) throws IOException {
        while (true) {
            switch (receiver.receive()) {
                case Incoming.Arrived(Message _, List<Fd> descriptors) -> {
                    descriptors.forEach(Fd::close);
                    return true;
                }
                case Incoming.Nothing() -> sender.flush();
                case Incoming.EndOfStream() -> {
                    return false;
                }
                case Incoming.Torn(String _) -> {
                    return false;
                }
            }
        }
    }

    @Test
    void closingFromAnotherThreadWhileMessagesFlow() throws Exception {
        for (int round = 0; round < 100; round++) {
            try (Wire wire = new Wire(); FrameChannel peer = wire.peerChannel()) {
                List<Fd> descriptors = wire.pipes(3);
                CountDownLatch flowing = new CountDownLatch(1);
                Thread closer = Thread.ofPlatform().start(() -> {
                    awaitUninterruptibly(flowing);
                    wire.channel.close();
                });
                try {
                    while (true) {
                        peer.send(Wire.sockets(3), descriptors);
                        if (wire.channel.receive() instanceof Incoming.Arrived arrived) {
                            arrived.descriptors().forEach(Fd::close);
                        }
                        flowing.countDown();
                    }
                } catch (ClosedChannelException | PeerClosedException e) {
                    closer.join();
                }
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
