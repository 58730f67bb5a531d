package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.control.ControlServer;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.inheritance.Inheritance;
import dev.ecdysis.internal.inheritance.InheritedStreams;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.nio.Adoption;
import dev.ecdysis.internal.peer.PredecessorLink;
import dev.ecdysis.internal.peer.SuccessorLinkTest;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.registry.SocketFactory;
import dev.ecdysis.internal.resources.Listeners;
import dev.ecdysis.internal.resources.OwnedResources;
import dev.ecdysis.internal.resources.PidFileKeeper;
import dev.ecdysis.internal.resources.Resources;
import dev.ecdysis.internal.resources.StepRunner;
import dev.ecdysis.internal.sides.SuccessorSide;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.spi.HealthCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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

    private static Inheritance inherit(FdPair pair) throws IOException {
        Fd own = Fd.own(POSIX, pair.first().release());
        return new Inheritance(new FrameChannel(POSIX, own, Limits.FRAME), 1, OwnProcess.pid(),
                POSIX.pidfdOpen((int) OwnProcess.pid()), new InheritedStreams(POSIX), List.of(),
                LaunchDescription.ofThisProcess(POSIX), List.of(), new Message.Settings(0, 0, 10));
    }

    @Test
    void ofThePredecessor() throws Exception {
        EventLoop loop = new EventLoop(POSIX);
        RecordedEvents recorded = new RecordedEvents(loop, 2);
        try (FdPair pair = POSIX.socketpair();
                FrameChannel theirs = new FrameChannel(POSIX, pair.second(), Limits.FRAME)) {
            Inheritance inheritance = inherit(pair);
            PredecessorLink link = new PredecessorLink(POSIX, loop, recorded, inheritance);
            theirs.send(new Message.Abandon(LONG));
            theirs.send(new Message.Stop(LONG));
            loop.run();
            link.close();
            inheritance.close();
        }
        assertThat(recorded.events()).containsExactly(new Event.AbandonArrived(SHORT), new Event.StopArrived(SHORT));
    }

    @Test
    void ofTheSuccessor() throws Exception {
        List<Event> events = SuccessorLinkTest.eventsOf(List.of(new Message.Fail(LONG), new Message.Stop(LONG)), 2);
        assertThat(events).containsExactly(new Event.FailArrived(SHORT), new Event.StopArrived(SHORT));
    }

    @Test
    void ofTheHealthCheck() throws Exception {
        EventLoop loop = new EventLoop(POSIX);
        RecordedEvents recorded = new RecordedEvents(loop, 1);
        HealthCheck unhealthy = () -> {
            throw new IOException(LONG);
        };
        OwnedResources owned = new OwnedResources(
                new Listeners(new SocketFactory(POSIX), Adoption.select(POSIX), Duration.ofSeconds(5)),
                new Resources(Duration.ofSeconds(1), 0), new ControlServer(POSIX, loop, null),
                new PidFileKeeper(Optional.empty(), Optional.empty()),
                new StepRunner(loop, recorded),
                Duration.ofSeconds(1));
        try (FdPair pair = POSIX.socketpair()) {
            SuccessorSide successorSide = new SuccessorSide(POSIX, loop, recorded, owned, Optional.of(unhealthy),
                    Duration.ofSeconds(30), inherit(pair));
            loop.execute(successorSide::startBeating);
            loop.run();
            successorSide.close();
        }
        assertThat(recorded.events())
                .containsExactly(new Event.ApplicationFailed("unhealthy on probation: " + SHORT));
        assertThat(((Event.ApplicationFailed) recorded.events().getFirst()).reason().getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThan(Limits.STRANGER_FRAME);
    }
}
