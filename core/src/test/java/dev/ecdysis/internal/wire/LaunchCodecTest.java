package dev.ecdysis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What is in the file that a large launch description travels in.
class LaunchCodecTest {
    private static final int ROUNDS = 20_000;

    private static Message.LaunchDescription random(RandomGenerator random) {
        return new Message.LaunchDescription(words(random), words(random), word(random),
                random.nextBoolean() ? Optional.empty() : Optional.of(word(random)));
    }

    private static List<byte[]> words(RandomGenerator random) {
        List<byte[]> words = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            words.add(word(random));
        }
        return words;
    }

    private static byte[] word(RandomGenerator random) {
        byte[] word = new byte[random.nextInt(30)];
        random.nextBytes(word);
        for (int i = 0; i < word.length; i++) {
            word[i] = word[i] == 0 ? (byte) 'x' : word[i];
        }
        return word;
    }

    private static Message.LaunchDescription of(List<byte[]> arguments, List<byte[]> environment) {
        return new Message.LaunchDescription(arguments, environment, new byte[] {'/'});
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatExceptionOfType(WireException.class).isThrownBy(call).withMessageContaining(message);
    }

    /// As it always was: an old process and a new one exchange it.
    @Test
    void byHand() throws WireException {
        Message.LaunchDescription launch = new Message.LaunchDescription(List.of(ascii("a"), ascii("")),
                List.of(ascii("B=c")), ascii("/"), Optional.of(ascii("/d")));
        String hex = "09000003" + HexFormat.of().formatHex(ascii("arguments")) + "610000"
                + "0b000004" + HexFormat.of().formatHex(ascii("environment")) + "423d6300"
                + "09000001" + HexFormat.of().formatHex(ascii("directory")) + "2f"
                + "07000002" + HexFormat.of().formatHex(ascii("program")) + "2f64";
        assertThat(HexFormat.of().formatHex(Streams.bytes(LaunchCodec.encode(launch)))).isEqualTo(hex);
        assertThat(LaunchCodec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex)))).isEqualTo(launch);
    }

    @Test
    void whatIsWrittenIsRead() throws WireException {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < ROUNDS; round++) {
            Message.LaunchDescription launch = random(random);
            assertThat(LaunchCodec.decode(LaunchCodec.encode(launch))).isEqualTo(launch);
        }
    }

    /// Whatever else is in a file, it is understood or refused.
    @Test
    void anythingElseThanAWireExceptionIsABug() throws WireException {
        SplittableRandom random = new SplittableRandom(8);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = Streams.bytes(LaunchCodec.encode(random(random)));
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            int length = random.nextBoolean() ? bytes.length : random.nextInt(bytes.length);
            try {
                assertThat(LaunchCodec.decode(ByteBuffer.wrap(bytes, 0, length)).toString()).isNotEmpty();
            } catch (WireException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(ROUNDS / 4, ROUNDS - ROUNDS / 20);
    }

    /// More than the kernel takes of each: 6 MiB, in which each word has a pointer and a zero byte.
    @Test
    void whatTheKernelStartsIsNeverTooLarge() throws WireException {
        int most = 6 * 1024 * 1024;
        for (int length : new int[] {0, 1, 100, 130_000}) {
            List<byte[]> words = Collections.nCopies(most / (Long.BYTES + length + 1), new byte[length]);
            words.forEach(word -> java.util.Arrays.fill(word, (byte) 'x'));
            Message.LaunchDescription launch = of(List.of(ascii("java")), words);
            assertThat(LaunchCodec.fitsFrame(launch)).isFalse();
            assertThat(LaunchCodec.decode(LaunchCodec.encode(launch)).environment()).hasSameSizeAs(words);
        }
    }

    @Test
    void whatIsTooLargeIsNeitherWrittenNorRead() {
        List<byte[]> many = Collections.nCopies(Limits.LAUNCH_WORDS, new byte[0]);
        refused(() -> LaunchCodec.encode(of(List.of(ascii("java")), many)),
                "a launch description of 1048577 arguments and variables; at most 1048576 are allowed");
        ByteBuffer joined = file("\0", "\0".repeat(Limits.LAUNCH_WORDS));
        refused(() -> LaunchCodec.decode(joined), "a launch description of more than 1048576 arguments and variables");
        byte[] large = "x".repeat(Limits.LAUNCH_FILE / 4).getBytes(StandardCharsets.US_ASCII);
        refused(() -> LaunchCodec.encode(of(List.of(), List.of(large, large, large, large))),
                "a launch description of 8388612 bytes; at most 8388608 are allowed");
        refused(() -> LaunchCodec.encode(of(List.of(large, large), List.of(large, large))),
                "a launch description of ");
        refused(() -> LaunchCodec.decode(ByteBuffer.allocate(Limits.LAUNCH_FILE + 1)),
                "a launch description of 8388609 bytes");
        refused(() -> LaunchCodec.encode(of(List.of(new byte[] {'a', 0}), List.of())), "a zero byte");
        refused(() -> LaunchCodec.decode(file("java\0", "A=b")), "'environment' does not end in a zero byte");
        refused(() -> LaunchCodec.decode(ByteBuffer.allocate(0)), "'arguments' is missing");
    }

    private static ByteBuffer file(String arguments, String environment) {
        Fields fields = Fields.builder().text("arguments", arguments).text("environment", environment)
                .text("directory", "/").build();
        ByteBuffer bytes = ByteBuffer.allocate(fields.encodedLength());
        fields.write(bytes);
        return bytes.flip();
    }

    /// The largest that travels in WELCOME leaves room for the rest of it.
    @Test
    void whatFitsAFrameFitsIt() throws WireException {
        int overhead = 4 + "environment".length();
        List<byte[]> environment = Collections.nCopies(1_000,
                new byte[(Limits.LAUNCH_IN_FRAME - 100) / 1_000 - overhead]);
        List<byte[]> many = Collections.nCopies(Limits.FIELDS - 2, new byte[0]);
        for (List<byte[]> variables : List.of(environment, many)) {
            Message.LaunchDescription launch = of(List.of(), variables);
            assertThat(LaunchCodec.fitsFrame(launch)).isTrue();
            Message welcome = new Message.Welcome(1, 1, 1, launch, new Message.Settings(1, 2, 4));
            assertThat(Streams.messages(Codec.encode(welcome, welcome.descriptors()))).containsExactly(welcome);
        }
        assertThat(LaunchCodec.fitsFrame(of(List.of(new byte[0]), many))).isFalse();
        assertThat(LaunchCodec.fitsFrame(of(List.of(new byte[1_000]), environment))).isFalse();
    }

    @Test
    void theFileHasALimit() throws WireException {
        for (int bytes : new int[] {0, -1, Limits.LAUNCH_FILE + 1}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new Message.LaunchFile(bytes));
            Fields fields = Fields.builder().number("version", 2).number("generation", 1).number("predecessor-pid", 1)
                    .fields("launch", Fields.builder().number("file-bytes", bytes).build())
                    .fields("settings", Fields.EMPTY).build();
            refused(() -> Streams.messages(Streams.raw(0, MessageType.WELCOME.number(), 3, fields)),
                    "has 1 to 8388608 bytes, not " + bytes);
        }
        assertThat(new Message.LaunchFile(Limits.LAUNCH_FILE).bytes()).isEqualTo(Limits.LAUNCH_FILE);
    }
}
