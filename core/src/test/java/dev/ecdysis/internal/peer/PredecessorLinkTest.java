package dev.ecdysis.internal.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.engine.RecordedEvents;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.inheritance.Inheritance;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a predecessor says, and what the successor hears.
@Timeout(60)
class PredecessorLinkTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final LinuxPosix POSIX = LinuxPosix.open();

    /// It commits, has nothing to drain, and ends its connection, while the successor is about to tell it something. The
    /// loop's times come after all that is there to be read, so the link has not read it yet.
    ///
    /// @param beat whether it is a heartbeat that cannot be sent
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatItSaidLastCountsAlthoughNothingCanBeSent(boolean beat) throws Exception {
        EventLoop loop = new EventLoop(POSIX);
        RecordedEvents recorded = new RecordedEvents(loop, 2);
        try (FdPair pair = POSIX.socketpair();
                FrameChannel theirs = new FrameChannel(POSIX, pair.second(), Limits.FRAME)) {
            PredecessorLink link = new PredecessorLink(POSIX, loop, recorded, inheritance(pair, theirs));
            loop.schedule(Duration.ZERO, () -> {
                commitAndClose(theirs);
                if (beat) {
                    link.send(new Message.Heartbeat(1, System.nanoTime()));
                } else {
                    link.send(new Message.Fail("no"));
                }
            });
            loop.schedule(LIMIT, loop::stop);
            loop.run();
            link.close();
        }
        assertThat(recorded.events()).containsExactly(new Event.CommittedArrived(false),
                new Event.PeerLost("the predecessor closed its connection"));
    }

    private static Inheritance inheritance(FdPair pair, FrameChannel theirs) throws IOException {
        try (Fd self = POSIX.pidfdOpen((int) OwnProcess.pid()); Fd other = POSIX.eventfd()) {
            theirs.send(new Message.Welcome(1, 1, OwnProcess.pid(), LaunchDescription.ofThisProcess(POSIX).toWire(),
                    new Message.Settings(1, 1, 1)), List.of(self, other));
            theirs.send(new Message.HandedOver(0, 0));
            Inheritance inheritance = Inheritance.receive(POSIX, Fd.own(POSIX, pair.first().release()));
            inheritance.streams().close();
            return inheritance;
        }
    }

    private static void commitAndClose(FrameChannel channel) {
        try (channel) {
            channel.send(new Message.Committed(false, System.nanoTime()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
