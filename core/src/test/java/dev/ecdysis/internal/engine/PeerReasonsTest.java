package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.control.ControlServer;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.nio.Adoption;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.LinuxPosix;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.process.LaunchDescription;
import dev.ecdysis.internal.process.SuccessorProcess;
import dev.ecdysis.internal.registry.SocketFactory;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.spi.HealthCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the other process, or the application, says of its failure reaches logs, frames and results as one short line.
@Timeout(60)
class PeerReasonsTest {
    private static final LinuxPosix POSIX = LinuxPosix.open();
    private static final String LONG = "first\nsecond " + "x".repeat(5_000);
    private static final String SHORT = OneLine.of(LONG);

    private final List<Event> events = new ArrayList<>();

    private final class Box implements Mailbox {
        private final EventLoop loop;
        private final int last;

        private Box(EventLoop loop, int last) {
            this.loop = loop;
            this.last = last;
        }

        @Override
        public void post(Event event) {
            events.add(event);
            if (events.size() == last) {
                loop.stop();
            }
        }

        @Override
        public void report(Event event) {
            post(event);
        }

        @Override
        public void answer(Event event) {
            post(event);
        }
    }

    private static Inheritance inherit(FdPair pair) throws IOException {
        Fd own = Fd.own(POSIX, pair.first().release());
        return new Inheritance(new FrameChannel(POSIX, own, Limits.FRAME), 1, OwnProcess.pid(),
                POSIX.pidfdOpen((int) OwnProcess.pid()), POSIX.eventfd(), List.of(), LaunchDescription.ofThisProcess(),
                List.of(), new Message.Settings(0, 0, 0, 10, 0));
    }

    @Test
    void ofThePredecessor() throws Exception {
        EventLoop loop = new EventLoop(POSIX);
        try (FdPair pair = POSIX.socketpair();
                FrameChannel theirs = new FrameChannel(POSIX, pair.second(), Limits.FRAME)) {
            Inheritance inheritance = inherit(pair);
            PredecessorLink link = new PredecessorLink(loop, new Box(loop, 2), inheritance);
            theirs.send(new Message.Abandon(LONG));
            theirs.send(new Message.Stop(LONG));
            loop.run();
            link.close();
            inheritance.close();
        }
        assertThat(events).containsExactly(new Event.AbandonArrived(SHORT), new Event.StopArrived(SHORT));
    }

    @Test
    void ofTheSuccessor() throws Exception {
        EventLoop loop = new EventLoop(POSIX);
        // Whatever runs for a while: it is only there to be a child of this process.
        SuccessorProcess process = SuccessorProcess.start(POSIX,
                LaunchDescription.ofThisProcess().withCommand(List.of("/bin/sleep", "1000")));
        process.socket().close();
        try (FdPair pair = POSIX.socketpair();
                FrameChannel theirs = new FrameChannel(POSIX, pair.second(), Limits.FRAME)) {
            SuccessorLink link = new SuccessorLink(POSIX, loop, new Box(loop, 3), new SuccessorProcess(process.pid(),
                    process.pidfd(), Fd.own(POSIX, pair.first().release()), process.stderr()));
            theirs.send(new Message.Hello(1, 1, process.pid(), "test"));
            loop.schedule(Duration.ofMillis(100), () -> {
                try {
                    theirs.send(new Message.Fail(LONG));
                    theirs.send(new Message.Stop(LONG));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            loop.run();
            SuccessorProcess.kill(POSIX, process.pidfd());
            ProcessHandle.of(process.pid()).ifPresent(child -> child.onExit().join());
            link.close();
        }
        assertThat(events).containsExactly(new Event.HelloArrived(), new Event.FailArrived(SHORT),
                new Event.StopArrived(SHORT));
    }

    @Test
    void ofTheHealthCheck() throws Exception {
        EventLoop loop = new EventLoop(POSIX);
        Box box = new Box(loop, 1);
        HealthCheck unhealthy = () -> {
            throw new IOException(LONG);
        };
        Holdings holdings = new Holdings(new Listeners(new SocketFactory(POSIX), Adoption.select(POSIX)),
                new Resources(), new ControlServer(POSIX, loop, null), Optional.empty(), new StepRunner(loop, box),
                Duration.ofSeconds(1));
        try (FdPair pair = POSIX.socketpair()) {
            Succession succession = new Succession(POSIX, loop, box, holdings, Optional.of(unhealthy), inherit(pair));
            loop.execute(succession::startBeating);
            loop.run();
            succession.close();
        }
        assertThat(events)
                .containsExactly(new Event.ApplicationFailed("unhealthy on probation: " + SHORT));
        assertThat(((Event.ApplicationFailed) events.getFirst()).reason().getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThan(Limits.STRANGER_FRAME);
    }
}
