package dev.ecdysis.internal.inheritance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.registry.Inodes;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is written is what is read, whatever there is of it.
@Timeout(120)
class InheritanceRoundTripTest {
    private static final int ROUNDS = 40;
    /// Around what one frame takes, and the small numbers that are usual.
    private static final int[] SIZES = {1, 1, 1, 2, 3, 251, 252, 253, 504, 505};

    @TempDir
    private Path folder;

    private static Message.LaunchDescription launch(int variables) {
        byte[] variable = ("A=" + "x".repeat(98)).getBytes(StandardCharsets.US_ASCII);
        return new Message.LaunchDescription(List.of("java".getBytes(StandardCharsets.US_ASCII)),
                Collections.nCopies(variables, variable), "/srv".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void whatIsWrittenIsWhatIsRead() throws Exception {
        for (int seed = 0; seed < ROUNDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Message.LaunchDescription launch = launch(random.nextInt(3) * 5_000);
            try (InheritanceTrip trip = new InheritanceTrip()) {
                fill(trip, random);
                trip.handOver(trip.writer(launch));
                assertThat(trip.reader.launch().toWire()).as("seed %d", seed).isEqualTo(launch);
                assertSame(trip, seed);
            }
        }
    }

    private void fill(InheritanceTrip trip, SplittableRandom random) throws IOException {
        for (int i = random.nextInt(5); i > 0; i--) {
            int size = SIZES[random.nextInt(SIZES.length)];
            trip.listeners.add(random.nextInt(3) > 0
                    ? trip.factory.bind("tcp-" + i, Tcp.of("127.0.0.1", 0).sockets(size))
                    : trip.factory.bind("unix-" + i, Unix.of(folder.resolve("s" + i))));
        }
        if (random.nextBoolean()) {
            trip.listeners.add(trip.factory.bind("control", Unix.of(folder.resolve("c")), true));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            trip.olderGeneration(i);
        }
    }

    private static void assertSame(InheritanceTrip trip, int seed) {
        assertThat(trip.reader.welcome().generation()).isEqualTo(7);
        assertThat(trip.reader.welcome().predecessorPid()).isEqualTo(OwnProcess.pid());
        assertThat(trip.reader.welcome().settings()).isEqualTo(InheritanceTrip.SETTINGS);
        assertThat(trip.reader.listeners())
                .extracting(BoundSockets::name, BoundSockets::kind, BoundSockets::address, BoundSockets::control,
                        BoundSockets::device, BoundSockets::inode, Inodes::of, BoundSockets::inherited)
                .as("seed %d", seed)
                .containsExactlyElementsOf(trip.listeners.stream().map(theirs -> tuple(theirs.name(), theirs.kind(),
                        theirs.address(), theirs.control(), theirs.device(), theirs.inode(), Inodes.of(theirs), true))
                        .toList());
        assertThat(trip.reader.older()).extracting(OtherGeneration::generation, OtherGeneration::pid,
                OtherGeneration::since, OtherGeneration::killAt)
                .containsExactlyElementsOf(trip.older.stream()
                        .map(one -> tuple(one.generation(), one.pid(), one.since(), one.killAt())).toList());
    }

    /// More than the socket between the two takes at once: no more than one message's descriptors are duplicated for the wait.
    @Test
    void manyAreSentAsFastAsTheyAreRead() throws Exception {
        try (InheritanceTrip trip = new InheritanceTrip()) {
            for (int i = 0; i < 1_500; i++) {
                trip.listeners.add(trip.factory.bind("http-" + i, Tcp.of("127.0.0.1", 0)));
            }
            InheritanceWriter writer = trip.writer(launch(0));
            int before = trip.posix.openDescriptors().size();
            writer.sendOn(trip.theirs);
            assertThat(trip.theirs.wantsWrite()).as("it has to wait").isTrue();
            assertThat(trip.posix.openDescriptors()).hasSizeLessThanOrEqualTo(before + 1);
            assertThat(trip.handOver(writer)).isPositive();
            assertSame(trip, 0);
        }
    }

    /// While it waited for the successor.
    @Test
    void anOlderGenerationThatHasEndedMeanwhileIsLeftOut() throws Exception {
        try (InheritanceTrip trip = new InheritanceTrip()) {
            OtherGeneration ended = trip.olderGeneration(2);
            trip.olderGeneration(1);
            InheritanceWriter writer = trip.writer(launch(0));
            ended.close();
            trip.handOver(writer);
            assertThat(trip.reader.older()).extracting(OtherGeneration::generation).containsExactly(1);
        }
    }

    @Test
    void aListenerThatIsClosedMeanwhileEndsTheHandover() throws Exception {
        try (InheritanceTrip trip = new InheritanceTrip()) {
            trip.listeners.add(trip.factory.bind("http", Tcp.of("127.0.0.1", 0)));
            InheritanceWriter writer = trip.writer(launch(0));
            trip.listeners.getFirst().close();
            assertThatThrownBy(() -> writer.sendOn(trip.theirs)).isInstanceOf(IOException.class)
                    .hasMessage("listener http was closed while it was handed over");
        }
    }
}
