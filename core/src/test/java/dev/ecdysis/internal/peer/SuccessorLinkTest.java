package dev.ecdysis.internal.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.engine.RecordedEvents;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Sign;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.options.Options;
import dev.ecdysis.internal.output.Relays;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.process.SuccessorProcess;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a successor says, and what the predecessor hears.
@Timeout(60)
public class SuccessorLinkTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final LinuxPosix POSIX = LinuxPosix.open();
    private static final Duration FRESHNESS = Duration.ofSeconds(30);
    private static final Duration SILENCE = Duration.ofSeconds(100);

    /// What arrives once it has greeted.
    public static List<Event> eventsOf(List<Message> said, int expected) throws Exception {
        return eventsOf(said, expected, (loop, process, theirs, link) -> {
        });
    }

    /// What else happens.
    private interface Then {
        void happens(EventLoop loop, SuccessorProcess process, FrameChannel theirs, SuccessorLink link)
                throws Exception;
    }

    private static List<Event> eventsOf(List<Message> said, int expected, Then then) throws Exception {
        EventLoop loop = new EventLoop(POSIX);
        RecordedEvents recorded = new RecordedEvents(loop, 1 + expected);
        // Whatever runs for a while: it is only there to be a child of this process.
        SuccessorProcess process = SuccessorProcess.start(POSIX,
                LaunchDescription.ofThisProcess(POSIX).withCommand(List.of("/bin/sleep", "1000")), new Relays(POSIX),
                false);
        process.socket().close();
        try (FdPair pair = POSIX.socketpair();
                FrameChannel theirs = new FrameChannel(POSIX, pair.second(), Limits.FRAME)) {
            SuccessorLink link = new SuccessorLink(POSIX, loop, recorded, new SuccessorProcess(process.pid(),
                    process.pidfd(), Fd.own(POSIX, pair.first().release()), process.lastWords(), process.helper()),
                    FRESHNESS,
                    SILENCE);
            theirs.send(new Message.Hello(1, 1, process.pid()));
            for (Message message : said) {
                theirs.send(message);
            }
            then.happens(loop, process, theirs, link);
            loop.schedule(LIMIT, loop::stop);
            loop.run();
            SuccessorProcess.kill(POSIX, process.pidfd());
            ProcessHandle.of(process.pid()).ifPresent(child -> child.onExit().join());
            link.close();
        }
        assertThat(recorded.events().getFirst()).isEqualTo(new Event.HelloArrived());
        return recorded.events().subList(1, recorded.events().size());
    }

    /// One that is late on a busy machine is no reason to commit, but a sign of life all the same.
    @Test
    void aHeartbeatCountsForWhatItIsWorthWhenItIsRead() throws Exception {
        long now = System.nanoTime();
        long late = now - FRESHNESS.plusSeconds(1).toNanos();
        long stale = now - SILENCE.plusSeconds(1).toNanos();
        long another = now + SILENCE.multipliedBy(10).toNanos(); // of a clock that is not ours
        List<Event> events = eventsOf(
                List.of(new Message.Heartbeat(1, late), new Message.Heartbeat(1, now),
                        new Message.Heartbeat(1, stale), new Message.Heartbeat(1, another),
                        new Message.Checking(1, now), new Message.Checking(1, stale)),
                6);
        assertThat(events).containsExactly(new Event.HeartbeatArrived(Sign.ALIVE),
                new Event.HeartbeatArrived(Sign.HEALTHY), new Event.HeartbeatArrived(Sign.STALE),
                new Event.HeartbeatArrived(Sign.STALE), new Event.HeartbeatArrived(Sign.ALIVE),
                new Event.HeartbeatArrived(Sign.STALE));
    }

    /// A JVM may need a while for that.
    @Test
    void oneThatEndsSomeTimeAfterItsConnectionHasEnded() throws Exception {
        List<Event> events = eventsOf(List.of(), 1, (loop, process, theirs, link) -> {
            theirs.close();
            loop.schedule(Options.END_GRACE.dividedBy(3), () -> SuccessorProcess.kill(POSIX, process.pidfd()));
        });
        assertThat(events).containsExactly(new Event.PeerDied(OptionalInt.of(128 + Linux.SIGKILL)));
    }

    @Test
    void oneThatWasReadyIsNotWaitedForWhenItsConnectionHasEnded() throws Exception {
        List<Event> events = eventsOf(List.of(new Message.Ready(List.of(), 0, 0)), 2, (loop, process, theirs, link) -> {
            theirs.close();
            loop.schedule(Options.END_GRACE.dividedBy(2), () -> SuccessorProcess.kill(POSIX, process.pidfd()));
        });
        assertThat(events).containsExactly(new Event.ReadyArrived(List.of()),
                new Event.PeerLost("the new process closed its connection"));
    }

    /// It says so, ends its connection, and is told something before that was read. The loop's times come after all that
    /// is there to be read.
    @Test
    void aStopCountsMoreThanThatNothingCanBeSent() throws Exception {
        List<Event> events = eventsOf(List.of(new Message.Ready(List.of(), 0, 0)), 3,
                (loop, process, theirs, link) -> loop.schedule(Duration.ZERO, () -> {
                    sendLast(theirs, new Message.Stop("SIGTERM"));
                    link.tell(new Message.Standing(List.of()));
                }));
        assertThat(events).containsExactly(new Event.ReadyArrived(List.of()), new Event.StopArrived("SIGTERM"),
                new Event.PeerLost("the new process closed its connection"));
    }

    private static void sendLast(FrameChannel channel, Message message) {
        try (channel) {
            channel.send(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param cutover whether it is that which cannot be sent
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStopIsTheAnswerToWhatCannotBeSent(boolean cutover) throws Exception {
        List<Event> events = eventsOf(List.of(new Message.Stop("SIGTERM")), cutover ? 3 : 2,
                (loop, process, theirs, link) -> {
                    theirs.close();
                    boolean sent = cutover ? link.sendCutover()
                            : link.send(new Message.Abandon("no"), List.of());
                    assertThat(sent).isFalse();
                    loop.schedule(Options.END_GRACE.dividedBy(3), () -> SuccessorProcess.kill(POSIX, process.pidfd()));
                });
        assertThat(events).startsWith(new Event.StopArrived("SIGTERM"))
                .endsWith(new Event.PeerDied(OptionalInt.of(128 + Linux.SIGKILL)));
        if (cutover) {
            assertThat(events.get(1)).isInstanceOf(Event.CutoverFailed.class);
        }
    }

    /// And comes before that: the reason that it gives is the one that counts.
    @Test
    void whatItSaidLastComesBeforeWhatCannotBeSent() throws Exception {
        List<Event> events = eventsOf(List.of(new Message.Fail("no")), 2, (loop, process, theirs, link) -> {
            theirs.close();
            assertThat(link.sendCutover()).isFalse();
        });
        assertThat(events.getFirst()).isEqualTo(new Event.FailArrived("no"));
        assertThat(events.get(1)).isInstanceOf(Event.CutoverFailed.class);
    }

    /// Whatever one message leads to is done before the next one is read.
    @Test
    void eachMessageIsHandledBeforeTheNextIsRead() throws Exception {
        List<String> order = new ArrayList<>();
        eventsOf(List.of(new Message.Paused(), new Message.Paused()), 2,
                (loop, process, theirs, link) -> loop.afterEach(() -> order.add("handled")));
        assertThat(order.size()).isGreaterThanOrEqualTo(3);
    }
}
