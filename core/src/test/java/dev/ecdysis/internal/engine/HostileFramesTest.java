package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.Frame;
import dev.ecdysis.internal.wire.FrameReader;
import dev.ecdysis.internal.wire.HostileFrames;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.internal.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Frames that nobody sends on purpose are answered with a report, with a refusal or not at all; the server goes on,
/// can be upgraded, and keeps nothing of them.
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HostileFramesTest {
    private static final String SEED_PROPERTY = "dev.ecdysis.hostile.seed";
    private static final long FIRST = Long.getLong(SEED_PROPERTY, 1);
    private static final int CLIENTS = 3_000;
    private static final int LOOK_EVERY = 500;
    private static final Logger LOOP = Logger.getLogger(EventLoop.class.getName());
    /// Well-formed ones are for other tests: the server would do as it is told.
    private static final List<Class<? extends Message>> OBEYED = List.of(Message.UpgradeRequest.class,
            Message.StopRequest.class);

    @TempDir
    Path folder;

    @Test
    void theServerGoesOnAndCanBeUpgraded() throws Exception {
        Queue<LogRecord> errors = new ConcurrentLinkedQueue<>();
        // The loop survives what its actions throw, so a crash is a line in the log.
        LOOP.setFilter(line -> !line.getLevel().equals(Level.SEVERE) || errors.add(line));
        try (FdPair pipe = LinuxPosix.open().pipe2(); Laboratory laboratory = new Laboratory(folder)) {
            laboratory.upgradeUndisturbed();
            for (long seed = FIRST; seed < FIRST + CLIENTS; seed++) {
                try {
                    send(laboratory, seed, pipe.first());
                    assertThat(Log.flush()).isTrue();
                    assertThat(errors).extracting(LogRecord::getThrown).isEmpty();
                } catch (IOException | RuntimeException | AssertionError e) {
                    throw new AssertionError("to be seen again with -D" + SEED_PROPERTY + "=" + seed, e);
                }
                if (seed % LOOK_EVERY == 0) {
                    laboratory.check("after seed " + seed);
                }
            }
            laboratory.upgrade("a client after hostile ones", List.of(), HostileFramesTest::upgrade);
            laboratory.check("afterwards");
            assertThat(Log.flush()).isTrue();
            assertThat(errors).extracting(LogRecord::getThrown).isEmpty();
        } finally {
            LOOP.setFilter(null);
        }
    }

    private static void upgrade(Path control) throws IOException {
        try (RawClient client = new RawClient(control)) {
            client.send(new Message.UpgradeRequest());
            assertThat(client.read(ByteBuffer.allocate(1_000))).isPositive();
        }
    }

    /// Every second client asks for something first, every third brings a descriptor.
    private static void send(Laboratory laboratory, long seed, Fd descriptor) throws IOException {
        byte[] bytes = new HostileFrames(seed).next();
        if (HostileFrames.hold(bytes, OBEYED)) {
            return;
        }
        try (RawClient client = new RawClient(laboratory.control())) {
            if (seed % 2 == 0) {
                client.send(new Message.StatusRequest());
            }
            client.send(ByteBuffer.wrap(bytes), seed % 3 == 0 ? List.of(descriptor) : List.of());
            client.end();
            checkAnswers(client.readToEnd());
        }
    }

    private static void checkAnswers(byte[] answers) throws WireException {
        FrameReader reader = new FrameReader(Limits.FRAME);
        reader.feed(ByteBuffer.wrap(answers));
        for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
            assertThat(Codec.decode(frame.get())).isInstanceOfAny(Message.Report.class, Message.Refusal.class);
        }
        assertThat(reader.isMidFrame()).as("half an answer").isFalse();
    }
}
