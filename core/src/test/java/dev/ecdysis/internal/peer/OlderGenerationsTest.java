package dev.ecdysis.internal.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ecdysis.internal.inheritance.Inheritance;
import dev.ecdysis.internal.inheritance.InheritedStreams;
import dev.ecdysis.internal.inheritance.OtherGeneration;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.status.DrainingStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a successor on probation says of the generations before it.
class OlderGenerationsTest {
    private static final LinuxPosix POSIX = LinuxPosix.open();
    private static final Message.OlderStanding FIFTH = new Message.OlderStanding(5, 3, List.of("http: 3"));

    @Test
    void thoseThatLiveWithWhatThePredecessorToldOfThem() throws Exception {
        Process ended = new ProcessBuilder("/bin/sleep", "1000").start();
        try (FdPair first = POSIX.socketpair(); FdPair second = POSIX.socketpair()) {
            Fd endedPidfd = POSIX.pidfdOpen((int) ended.pid());
            ended.destroyForcibly().waitFor();
            Inheritance inheritance = new Inheritance(channel(first.first()), 7, OwnProcess.pid(), self(),
                    new InheritedStreams(POSIX), List.of(), LaunchDescription.ofThisProcess(POSIX),
                    List.of(older(5, self(), first.second()), older(4, endedPidfd, second.first()),
                            older(3, self(), second.second())),
                    new Message.Settings(1_000, 2_000, 10));
            OlderGenerations olderGenerations = new OlderGenerations(POSIX, inheritance);
            olderGenerations.begin();
            assertThat(olderGenerations.status()).extracting(DrainingStatus::generation, DrainingStatus::connections)
                    .containsExactly(tuple(6, -1L), tuple(5, -1L), tuple(3, -1L));
            olderGenerations.told(List.of(new Message.OlderStanding(6, 2, List.of("why", "http: 2")), FIFTH));
            List<DrainingStatus> told = olderGenerations.status();
            assertThat(told).extracting(DrainingStatus::generation, DrainingStatus::connections)
                    .containsExactly(tuple(6, 2L), tuple(5, 3L), tuple(3, -1L));
            assertThat(told.get(0).waitsFor()).containsExactly("why", "http: 2");
            assertThat(told.get(1).waitsFor()).isEqualTo(FIFTH.waitsFor());
            assertThat(told.get(0).untilKilled()).isPositive();
            inheritance.close();
        } finally {
            ended.destroyForcibly();
        }
    }

    private static OtherGeneration older(int generation, Fd pidfd, Fd connection) throws Exception {
        long now = System.nanoTime();
        return new OtherGeneration(generation, OwnProcess.pid(), now, now, channel(connection), pidfd);
    }

    private static Fd self() throws Exception {
        return POSIX.pidfdOpen((int) OwnProcess.pid());
    }

    private static FrameChannel channel(Fd socket) {
        return new FrameChannel(POSIX, Fd.own(POSIX, socket.release()), Limits.FRAME);
    }
}
