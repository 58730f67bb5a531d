package dev.ecdysis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static final long SEED = 20_251_122L;

    @Test
    void everyMessageSurvivesTheWire() throws WireException {
        SplittableRandom random = new SplittableRandom(SEED);
        RandomMessages messages = new RandomMessages(random);
        for (int i = 0; i < 10_000; i++) {
            Message message = messages.next();
            int descriptors = random.nextInt(4) == 0 ? random.nextInt(Limits.DESCRIPTORS + 1) : 0;
            Frame frame = Streams.frame(Codec.encode(message, descriptors));
            assertThat(frame.descriptors()).isEqualTo(descriptors);
            Message decoded = Codec.decode(frame);
            assertThat(decoded).isEqualTo(message).hasSameHashCodeAs(message);
            assertThat(decoded.descriptors()).isEqualTo(message.descriptors());
        }
    }

    @Test
    void whatIsCutOffIsIncompleteWhereverItIsCut() throws WireException {
        RandomMessages messages = new RandomMessages(new SplittableRandom(SEED));
        for (int round = 0; round < 5; round++) {
            for (Message message : messages.oneOfEach()) {
                ByteBuffer whole = Codec.encode(message, round % 2 == 0 ? 0 : Limits.DESCRIPTORS);
                for (int length = 0; length < whole.limit(); length++) {
                    FrameReader reader = Streams.reader(whole.slice(0, length));
                    assertThat(reader.next()).as("%s cut to %d bytes", message, length).isEmpty();
                    assertThat(reader.isMidFrame()).isEqualTo(length > 0);
                    reader.feed(whole.slice(length, whole.limit() - length));
                    assertThat(Codec.decode(reader.next().orElseThrow())).isEqualTo(message);
                    assertThat(reader.isMidFrame()).isFalse();
                }
            }
        }
    }

    @Test
    void skipsTypesFieldsAndFlagsItDoesNotKnow() throws WireException {
        Fields more = Fields.builder().text("colour", "red").number("first-accept-nanos", 8).number("sent-nanos", 9)
                .fields("later", Fields.EMPTY).build();
        ByteBuffer stream = Streams.join(Streams.raw(0xFE, MessageType.HEARTBEAT.number(), 0, more),
                Streams.raw(0, 999, 0, more), Codec.encode(new Message.Paused(), 0));
        assertThat(Streams.messages(stream)).containsExactly(new Message.Heartbeat(8, 9),
                new Message.Unknown(999),
                new Message.Paused());
    }

    @Test
    void refusesToSendAnUnknownMessage() {
        assertThatIllegalArgumentException().isThrownBy(() -> Codec.encode(new Message.Unknown(999), 0));
    }

    @Test
    void takesTheFirstOfAFieldThatComesTwice() throws WireException {
        Fields twice = Fields.builder().text("reason", "first").text("reason", "second").build();
        assertThat(decode(MessageType.FAIL, twice)).isEqualTo(new Message.Fail("first"));
    }

    @Test
    void everyRequiredFieldIsMissed() throws WireException {
        for (MessageType type : List.of(MessageType.HELLO, MessageType.WELCOME,
                MessageType.HEARTBEAT, MessageType.COMMITTED, MessageType.DRAINING, MessageType.FAIL,
                MessageType.ABANDON, MessageType.STOP, MessageType.PROGRESS, MessageType.REFUSAL)) {
            assertWireException(type, Fields.EMPTY, "is missing");
        }
    }

    @Test
    void refusesValuesThatMakeNoSense() {
        Fields hello = Fields.builder().number("pid", 1).text("library", "x").number("lowest-version", 3)
                .number("highest-version", 2).build();
        assertWireException(MessageType.HELLO, hello, "not a range of versions: 3 to 2");
        assertWireException(MessageType.HELLO, Fields.builder().number("lowest-version", 1L << 32).build(),
                "out of range");
        assertWireException(MessageType.COMMITTED, Fields.builder().number("upgrade-again", 2).build(),
                "is 0 or 1");
        assertWireException(MessageType.COMMITTED, Fields.builder().text("upgrade-again", "soon").build(),
                "a number of 4 bytes");
        assertWireException(MessageType.FAIL,
                Fields.builder().bytes("reason", new byte[] {(byte) 0xC3}).build(),
                "is not UTF-8");
        assertWireException(MessageType.WELCOME,
                Fields.builder().number("version", 1).number("generation", 1).number("predecessor-pid", 1)
                        .build(),
                "'launch' comes 0 times");
    }

    @Test
    void aMessageKnowsItsDescriptors() {
        RandomMessages messages = new RandomMessages(new SplittableRandom(SEED));
        Message.Welcome welcome = messages.welcome();
        assertThat(welcome.descriptors()).isEqualTo(welcome.launch() instanceof Message.LaunchFile ? 3 : 2);
        Message.Sockets sockets = messages.sockets();
        assertThat(sockets.descriptors()).isEqualTo(sockets.here());
        assertThat(new Message.Older(1, 2, 3, 4).descriptors()).isEqualTo(2);
        assertThat(new Message.Paused().descriptors()).isZero();
    }

    @Test
    void aLaunchDescriptionKeepsItsSecretsAndItsBytes() {
        byte[] secret = "PASSWORD=hunter2".getBytes(StandardCharsets.UTF_8);
        byte[] folder = "/srv".getBytes(StandardCharsets.UTF_8);
        Message.LaunchDescription launch = new Message.LaunchDescription(List.of(secret), List.of(secret),
                folder);
        assertThat(launch).hasToString("LaunchDescription[1 arguments, 1 variables, in /srv]");
        secret[0] = 'X';
        folder[0] = 'X';
        launch.directory()[0] = 'X';
        assertThat(launch).hasToString("LaunchDescription[1 arguments, 1 variables, in /srv]");
        assertThat(launch.environment().getFirst()).startsWith('P');
        assertThat(new Message.Result(Fields.builder().text("token", "hunter2").build()).toString())
                .contains("token").doesNotContain("hunter2");
    }

    private static Message decode(MessageType type, Fields fields) throws WireException {
        return Codec.decode(new Frame(type.number(), 0, fields));
    }

    private static void assertWireException(MessageType type, Fields fields, String message) {
        assertThatExceptionOfType(WireException.class).isThrownBy(() -> decode(type, fields))
                .withMessageContaining(message);
    }
}
