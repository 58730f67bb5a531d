package dev.ecdysis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// The format may not drift: an old process and a new one speak it with each other. A failure here means that
/// a change needs another version of the protocol, unless it only adds a line.
class GoldenBytesTest {
    private static final HexFormat HEX = HexFormat.of();

    private static final List<Message> SAMPLES = List.of(new Message.Hello(1, 2, 4711),
            new Message.Welcome(1, 7, 4710,
                    new Message.LaunchDescription(List.of(ascii("java"), ascii("")), List.of(ascii("A=b")),
                            ascii("/srv")),
                    new Message.Settings(1, 2, 4)),
            new Message.Sockets("http", "stream", "tcp:0.0.0.0:80", 0, 0, false, 300, 252),
            new Message.Sockets("control", "stream", "unix:/run/c", 26, 1234, true, 1, 1),
            new Message.Older(5, 4709, 100, 200), new Message.HandedOver(301, 1),
            new Message.Ready(List.of("http", "control"), -1, -1), new Message.Cutover(),
            new Message.Heartbeat(99, 100),
            new Message.Paused(), new Message.Committed(true, 1_000),
            new Message.Draining(2, List.of("http: 2")),
            new Message.Drained(), new Message.Fail("bad configuration"), new Message.Abandon("silent"),
            new Message.Stop("SIGTERM"), new Message.UpgradeRequest(), new Message.StatusRequest(),
            new Message.StopRequest(), new Message.DoctorRequest(),
            new Message.Progress(3, 7, OptionalLong.empty(), 1_500, 0, "cutover"),
            new Message.Result(Fields.builder().text("kind", "committed").build()),
            new Message.Report(Fields.builder().number("generation", 7).build()),
            new Message.Refusal("busy"), new Message.UpgradeRequest(List.of("java", "", "-jar", "b.jar")),
            new Message.Standing(List.of(new Message.OlderStanding(6, 1, List.of("http: 1")))),
            new Message.Ready(List.of("http"), 10_000, -1), new Message.Signalled(),
            new Message.Streams(true, List.of()), new Message.Streams(false, List.of(1, 2)), new Message.RelayEnded(),
            new Message.Ready(List.of("http"), 10_000, 5_000), new Message.Checking(99, 101),
            new Message.Welcome(1, 1, 1,
                    new Message.LaunchDescription(List.of(ascii("orders")), List.of(), ascii("/"),
                            Optional.of(ascii("/opt/jdk/bin/java"))),
                    new Message.Settings(1, 2, 4)),
            new Message.Welcome(1, 1, 1, new Message.LaunchFile(2_000_000), new Message.Settings(1, 2, 4)),
            new Message.Sockets("http", "stream", "systemd:web", 0, 0, false, 1, 1,
                    Optional.of(new Message.Kept("unit", "web"))));

    @Test
    void helloByHand() throws WireException {
        String header = "00000050" + "01" + "00" + "0001" + "0000" + "0000";
        String lowest = "0e000008" + name("lowest-version") + "0000000000000001";
        String highest = "0f000008" + name("highest-version") + "0000000000000002";
        String pid = "03000008" + name("pid") + "0000000000001267";
        assertThat(hex(Codec.encode(SAMPLES.getFirst(), 0)))
                .isEqualTo(header + lowest + highest + pid);
    }

    @Test
    void everyMessageIsWrittenAsItAlwaysWas() throws Exception {
        List<String> lines = new ArrayList<>();
        for (Message message : SAMPLES) {
            lines.add(MessageWriter.content(message).type() + " " + hex(Codec.encode(message, message.descriptors())));
        }
        assertThat(lines).isEqualTo(golden());
        assertThat(SAMPLES.stream().map(message -> MessageWriter.content(message).type()))
                .contains(MessageType.values());
    }

    @Test
    void everyMessageIsReadAsItAlwaysWas() throws Exception {
        List<Message> messages = new ArrayList<>();
        for (String line : golden()) {
            byte[] bytes = HEX.parseHex(line.substring(line.indexOf(' ') + 1));
            messages.addAll(Streams.messages(ByteBuffer.wrap(bytes)));
        }
        assertThat(messages).isEqualTo(SAMPLES);
    }

    private static List<String> golden() throws Exception {
        try (var file = GoldenBytesTest.class.getResourceAsStream("golden-bytes.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String name(String text) {
        return HEX.formatHex(ascii(text));
    }

    private static String hex(ByteBuffer bytes) {
        return HEX.formatHex(Streams.bytes(bytes));
    }
}
