package dev.ecdysis.bench.micro;

import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.FrameReader;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.internal.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Messages to bytes and back: the shortest, sent every few hundred milliseconds of a probation, and the longest,
/// sent once in an upgrade.
@State(Scope.Thread)
public class CodecBenchmark {
    private static final int VARIABLES = 40;

    private final Message heartbeat = new Message.Heartbeat(123_456_789, 987_654_321);
    private final Message welcome = welcome();
    private final FrameReader reader = new FrameReader(Limits.FRAME);
    private final ByteBuffer heartbeatBytes = encode(heartbeat);
    private final ByteBuffer welcomeBytes = encode(welcome);

    @Benchmark
    public ByteBuffer encodeHeartbeat() throws WireException {
        return Codec.encode(heartbeat, heartbeat.descriptors());
    }

    @Benchmark
    public Message decodeHeartbeat() throws WireException {
        return decode(heartbeatBytes);
    }

    @Benchmark
    public ByteBuffer encodeWelcome() throws WireException {
        return Codec.encode(welcome, welcome.descriptors());
    }

    @Benchmark
    public Message decodeWelcome() throws WireException {
        return decode(welcomeBytes);
    }

    private Message decode(ByteBuffer bytes) throws WireException {
        reader.feed(bytes.duplicate());
        return Codec.decode(reader.next().orElseThrow());
    }

    private static ByteBuffer encode(Message message) {
        try {
            return Codec.encode(message, message.descriptors());
        } catch (WireException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Message welcome() {
        return new Message.Welcome(1, 7, 4711,
                new Message.LaunchDescription(
                        bytes(List.of("java", "-jar", "/opt/app/current/app.jar", "--config", "/etc/app.conf")),
                        bytes(IntStream.range(0, VARIABLES)
                                .mapToObj(i -> "VARIABLE_" + i + "=a value of usual length, number " + i).toList()),
                        "/opt/app/current".getBytes(StandardCharsets.UTF_8)),
                new Message.Settings(3000, 30_000, 500));
    }

    private static List<byte[]> bytes(List<String> texts) {
        return texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    }
}
