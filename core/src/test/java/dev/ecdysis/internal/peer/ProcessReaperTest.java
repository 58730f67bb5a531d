package dev.ecdysis.internal.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.inheritance.OtherGeneration;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.SpawnRequest;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessReaperTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /// Whoever read its messages before may have read more than the last one that was for him.
    @Test
    void hearsWhatWasReadBeforeItJoined() throws Exception {
        LinuxPosix posix = LinuxPosix.open();
        EventLoop loop = new EventLoop(posix);
        List<Long> ended = new ArrayList<>();
        ProcessReaper reaper = new ProcessReaper(posix, loop, loop::stop, pid -> {
            ended.add(pid);
            loop.stop();
        });
        long self = OwnProcess.pid();
        try (FdPair pair = posix.socketpair();
                FrameChannel theirs = new FrameChannel(posix, Fd.own(posix, pair.second().release()), Limits.FRAME)) {
            FrameChannel ours = new FrameChannel(posix, Fd.own(posix, pair.first().release()), Limits.FRAME);
            theirs.send(new Message.Drained());
            theirs.send(new Message.RelayEnded());
            assertThat(ours.receive()).isEqualTo(new Incoming.Arrived(new Message.Drained(), List.of()));
            long now = System.nanoTime();
            reaper.add(new OtherGeneration(3, self, now, now + 2 * LIMIT.toNanos(), ours,
                    posix.pidfdOpen((int) self)), false);
            loop.schedule(LIMIT, loop::stop);
            loop.run();
            reaper.handOver();
        }
        assertThat(ended).containsExactly(self);
    }

    /// What follows from its end may need memory, and nobody tells of it again.
    @Test
    void anEndThatCouldNotBeToldForWantOfMemoryIsToldAgain() throws Exception {
        FaultingPosix posix = new FaultingPosix(LinuxPosix.open());
        EventLoop loop = new EventLoop(posix);
        List<Boolean> alone = new ArrayList<>();
        ProcessReaper[] reaper = new ProcessReaper[1];
        reaper[0] = new ProcessReaper(posix, loop, () -> {
            alone.add(reaper[0].isEmpty());
            if (alone.size() < 2) {
                throw new OutOfMemoryError("on purpose");
            }
            loop.stop();
        }, pid -> {
        });
        int pid = posix.spawn(new SpawnRequest("/bin/true", List.of(bytes("true")), List.of(), bytes("/"), Map.of()));
        try (FdPair pair = posix.socketpair()) {
            long now = System.nanoTime();
            OtherGeneration one = new OtherGeneration(3, pid, now, now + 2 * LIMIT.toNanos(),
                    new FrameChannel(posix, Fd.own(posix, pair.first().release()), Limits.FRAME), posix.pidfdOpen(pid));
            reaper[0].add(one, true);
            reaper[0].add(one, true); // as after a step that lacked memory later
            loop.schedule(LIMIT, loop::stop);
            loop.run();
        }
        assertThat(alone).containsExactly(true, true);
        assertThat(posix.openDescriptors()).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void whoOverstaysIsKilledAndReapedAndNothingIsLeft() throws Exception {
        FaultingPosix posix = new FaultingPosix(LinuxPosix.open());
        EventLoop loop = new EventLoop(posix);
        boolean[] ended = new boolean[1];
        ProcessReaper reaper = new ProcessReaper(posix, loop, () -> {
            ended[0] = true;
            loop.stop();
        }, pid -> {
        });
        int pid = posix.spawn(new SpawnRequest("/bin/sleep", List.of(bytes("sleep"), bytes("1000")), List.of(),
                bytes("/"), Map.of()));
        Fd pidfd = posix.pidfdOpen(pid);
        try (FdPair pair = posix.socketpair();
                FrameChannel theirs = new FrameChannel(posix, pair.second(), Limits.FRAME)) {
            long now = System.nanoTime();
            reaper.add(new OtherGeneration(3, pid, now, now + Duration.ofMillis(300).toNanos(),
                    new FrameChannel(posix, Fd.own(posix, pair.first().release()), Limits.FRAME), pidfd), false);
            theirs.send(new Message.Draining(5, List.of("http: 5")));
            assertThat(reaper.drainingPids()).containsExactly((long) pid);
            boolean[] told = new boolean[1];
            loop.schedule(Duration.ofMillis(100), () -> told[0] = reaper.status().stream()
                    .allMatch(member -> member.connections() == 5 && member.waitsFor().equals(List.of("http: 5"))));
            loop.run();
            assertThat(told[0]).isTrue();
        }
        assertThat(ended[0]).isTrue();
        assertThat(reaper.isEmpty()).isTrue();
        assertThat(posix.openDescriptors()).isEmpty();
        assertThat(ProcessHandle.of(pid)).isEmpty();
    }
}
