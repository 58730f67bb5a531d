package dev.ecdysis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// Every limit: what just fits, and what just does not.
class LimitsTest {
    private static final int REASON_OVERHEAD = Header.BYTES + 4 + "reason".length();

    @Test
    void aFrameThatIsSent() throws WireException {
        Message largest = new Message.Fail("x".repeat(Limits.FRAME - REASON_OVERHEAD));
        assertThat(Codec.encode(largest, 0).remaining()).isEqualTo(Limits.FRAME);
        Message larger = new Message.Fail("x".repeat(Limits.FRAME - REASON_OVERHEAD + 1));
        refused(() -> Codec.encode(larger, 0), "FAIL has 1048577 bytes; at most 1048576 are allowed");
    }

    @Test
    void aCommandOfAnOperator() throws WireException {
        String word = "x".repeat(Limits.COMMAND_BYTES / Limits.COMMAND_WORDS);
        Message largest = new Message.UpgradeRequest(Collections.nCopies(Limits.COMMAND_WORDS, word));
        FrameReader reader = new FrameReader(Limits.STRANGER_FRAME);
        reader.feed(Codec.encode(largest, 0));
        assertThat(Codec.decode(reader.next().orElseThrow())).isEqualTo(largest);
        refusesCommand(Collections.nCopies(Limits.COMMAND_WORDS + 1, "x"), "129 words of 129 bytes; at most 128 words");
        refusesCommand(List.of("\u00e4".repeat(Limits.COMMAND_BYTES / 2) + "x"), "1 words of 2561 bytes");
        refusesCommand(List.of("java", "a\0b"), "NUL");
        refusesCommand(List.of("", "java"), "the program, is empty");
    }

    /// By whoever would send it, and by whoever gets it.
    private static void refusesCommand(List<String> command, String why) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Message.UpgradeRequest(command))
                .withMessageContaining(why);
        Fields.Builder fields = Fields.builder();
        command.forEach(word -> fields.text("command", word));
        refused(() -> Streams.messages(Streams.raw(0, MessageType.UPGRADE_REQUEST.number(), 0, fields.build())), why);
    }

    @Test
    void aFrameThatComes() throws WireException {
        ByteBuffer largest = Codec.encode(new Message.Fail("x".repeat(Limits.FRAME - REASON_OVERHEAD)), 0);
        assertThat(Streams.messages(largest)).hasSize(1);
        refused(() -> Streams.messages(Streams.raw(Limits.FRAME + 1, 1, 0, 10, 0, Fields.EMPTY)),
                "a frame of 1048577 bytes; at most 1048576 are allowed here");
    }

    @Test
    void aFrameOfAStranger() throws WireException {
        FrameReader reader = new FrameReader(Limits.STRANGER_FRAME);
        reader.feed(Codec.encode(new Message.Fail("x".repeat(Limits.STRANGER_FRAME - REASON_OVERHEAD)), 0));
        assertThat(reader.next()).isPresent();
        reader.feed(
                Codec.encode(new Message.Fail("x".repeat(Limits.STRANGER_FRAME - REASON_OVERHEAD + 1)), 0));
        refused(reader::next, "a frame of 4097 bytes; at most 4096 are allowed here");
        refused(reader::next, "a frame of 4097 bytes");
    }

    @Test
    void aFrameOfAStrangerWhoWasAccepted() throws WireException {
        FrameReader reader = new FrameReader(Limits.STRANGER_FRAME);
        ByteBuffer large = Codec.encode(new Message.Fail("x".repeat(Limits.STRANGER_FRAME)), 0);
        reader.feed(Streams.join(Codec.encode(new Message.Paused(), 0), large));
        assertThat(reader.next()).isPresent();
        reader.limit(Limits.FRAME);
        assertThat(reader.next()).isPresent();
    }

    @Test
    void aLengthOfFourGibibytesAtItsFourthByte() {
        ByteBuffer length = ByteBuffer.allocate(4).putInt(-1).flip();
        refused(() -> Streams.messages(length),
                "a frame of 4294967295 bytes; at most 1048576 are allowed here");
    }

    @Test
    void aFrameShorterThanItsHeader() {
        refused(() -> Streams.messages(Streams.raw(Header.BYTES - 1, 1, 0, 6, 0, Fields.EMPTY)),
                "a frame of 11 bytes is shorter than its header");
    }

    @Test
    void theVersionAtItsByte() {
        ByteBuffer start = ByteBuffer.allocate(5).putInt(Header.BYTES).put((byte) 2).flip();
        refused(() -> Streams.messages(start), "a frame of version 2; only version 1 is known");
    }

    @Test
    void descriptorsOfAMessage() throws WireException {
        Message message = new Message.Paused();
        assertThat(Streams.frame(Codec.encode(message, Limits.DESCRIPTORS)).descriptors())
                .isEqualTo(Limits.DESCRIPTORS);
        refused(() -> Codec.encode(message, Limits.DESCRIPTORS + 1), "a message of 253 descriptors");
        refused(() -> Codec.encode(message, -1), "a message of -1 descriptors");
    }

    @Test
    void socketsOfAListener() {
        for (int[] bad : new int[][] {{0, 0}, {0, 1}, {1, 0}, {1, -1}, {1, 2}, {-1, -1}, {300, 253}}) {
            refused(() -> Streams.messages(sockets("stream", bad[0], bad[1])),
                    bad[1] + " of the " + bad[0] + " sockets");
        }
        refused(() -> Streams.messages(sockets("", 1, 1)), "a kind of socket has 1 to 32 characters, not 0");
        refused(() -> Streams.messages(sockets("x".repeat(33), 1, 1)),
                "a kind of socket has 1 to 32 characters, not 33");
    }

    private static ByteBuffer sockets(String kind, int all, int here) {
        return Streams.raw(0, MessageType.SOCKETS.number(), 0, Fields.builder().text("name", "http").text("kind", kind)
                .text("address", "tcp:*:80").number("device", 0).number("inode", 0).number("control", 0)
                .number("all", all).number("here", here).build());
    }

    @Test
    void descriptorsOfAFrame() throws WireException {
        assertThat(Streams.frame(Streams.raw(0, 6, 252, Fields.EMPTY)).descriptors()).isEqualTo(252);
        refused(() -> Streams.messages(Streams.raw(0, 6, 253, Fields.EMPTY)),
                "a frame announces 253 descriptors; at most 252 are allowed");
    }

    @Test
    void fieldsThatAreSent() throws WireException {
        assertThat(Codec.encode(new Message.Report(numbered(Limits.FIELDS)), 0).hasRemaining()).isTrue();
        refused(() -> Codec.encode(new Message.Report(numbered(Limits.FIELDS + 1)), 0),
                "a list of 16385 entries");
        Fields inner = Fields.builder().fields("inner", numbered(Limits.FIELDS + 1)).build();
        refused(() -> Codec.encode(new Message.Report(inner), 0), "a list of 16385 entries");
    }

    @Test
    void fieldsThatCome() throws WireException {
        assertThat(Streams.frame(Streams.raw(0, 50, 0, numbered(Limits.FIELDS))).body().texts("n"))
                .hasSize(16_384);
        refused(() -> Streams.messages(Streams.raw(0, 50, 0, numbered(Limits.FIELDS + 1))),
                "more than 16384 fields on one level");
    }

    @Test
    void fieldsOfOneThatIsNested() throws WireException {
        Fields outer = Fields.builder().fields("n", numbered(Limits.FIELDS + 1)).build();
        Fields read = Streams.frame(Streams.raw(0, 50, 0, outer)).body();
        refused(() -> read.nested("n"), "more than 16384 fields on one level");
    }

    @Test
    void nestingThatIsSent() throws WireException {
        assertThat(Codec.encode(new Message.Report(deep(Limits.DEPTH)), 0).hasRemaining()).isTrue();
        refused(() -> Codec.encode(new Message.Report(deep(Limits.DEPTH + 1)), 0),
                "fields nested 5 levels deep; 4 are allowed");
    }

    @Test
    void nestingThatComes() throws WireException {
        Fields level = Streams.frame(Streams.raw(0, 50, 0, deep(Limits.DEPTH + 1))).body();
        for (int depth = 2; depth <= Limits.DEPTH; depth++) {
            level = level.nested("deeper").getFirst();
        }
        Fields deepest = level;
        refused(() -> deepest.nested("deeper"), "fields are nested more than 4 levels deep");
    }

    @Test
    void namesOfFields() throws WireException {
        String longest = "x".repeat(Limits.NAME);
        Fields fields = Fields.builder().text(longest, "v").build();
        assertThat(Streams.frame(Streams.raw(0, 50, 0, fields)).body().text(longest)).isEqualTo("v");
        for (String name : new String[] {"", longest + "x", "two words", "ä", "a/b"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Fields.builder().text(name, "v"));
        }
        refused(() -> Streams.messages(field(0, 1, 10)), "a field's name of 0 bytes; 1 to 64 are allowed");
        refused(() -> Streams.messages(field(65, 1, 80)), "a field's name of 65 bytes");
        refused(() -> Streams.messages(field(1, 0, 1)), "other characters than letters");
    }

    @Test
    void lengthsOfFields() {
        refused(() -> Streams.messages(field(1, 10, 10)), "a field of 11 bytes where only 10 are left");
        refused(() -> Streams.messages(field(1, 0xFFFFFF, 10)),
                "a field of 16777216 bytes where only 10 are left");
        ByteBuffer cut = Streams.raw(Header.BYTES + 3, 1, 0, 6, 0, Fields.EMPTY);
        refused(() -> Streams.messages(Streams.join(cut, ByteBuffer.allocate(3))),
                "a field is cut off in its lengths");
    }

    /// A frame with one field of these lengths, and so many zeros after them.
    private static ByteBuffer field(int nameLength, int valueLength, int bytes) {
        ByteBuffer fields = ByteBuffer.allocate(4 + bytes).putInt(nameLength << 24 | valueLength).rewind();
        return Streams.join(Streams.raw(Header.BYTES + 4 + bytes, 1, 0, 6, 0, Fields.EMPTY), fields);
    }

    private static Fields numbered(int count) {
        Fields.Builder fields = Fields.builder();
        for (int i = 0; i < count; i++) {
            fields.text("n", "");
        }
        return fields.build();
    }

    private static Fields deep(int levels) {
        Fields fields = Fields.builder().text("bottom", "").build();
        for (int i = 1; i < levels; i++) {
            fields = Fields.builder().fields("deeper", fields).build();
        }
        return fields;
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatExceptionOfType(WireException.class).isThrownBy(call).withMessageContaining(message);
    }
}
