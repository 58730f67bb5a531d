package dev.ecdysis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    @Test
    void findsTheSameMessagesHoweverTheStreamIsCut() throws WireException {
        SplittableRandom random = new SplittableRandom(7);
        RandomMessages messages = new RandomMessages(random);
        for (int round = 0; round < 300; round++) {
            List<Message> sent = new ArrayList<>();
            ByteBuffer stream = ByteBuffer.allocate(1024 * 1024);
            for (int i = 0; i < 20; i++) {
                sent.add(messages.next());
                stream.put(Codec.encode(sent.getLast(), random.nextInt(3) * 100));
            }
            stream.flip();
            int mostBytes = random.nextInt(1, 3000);
            FrameReader reader = new FrameReader(Limits.FRAME);
            List<Message> received = new ArrayList<>();
            while (stream.hasRemaining()) {
                int length = Math.min(stream.remaining(), random.nextInt(1, mostBytes + 1));
                reader.feed(stream.slice(stream.position(), length));
                stream.position(stream.position() + length);
                for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
                    received.add(Codec.decode(frame.get()));
                }
            }
            assertThat(received).isEqualTo(sent);
            assertThat(reader.isMidFrame()).isFalse();
        }
    }

    @Test
    void announcesDescriptorsAsSoonAsTheHeaderIsThere() throws WireException {
        ByteBuffer frame = Codec.encode(new Message.Fail("why"), 3);
        FrameReader reader = new FrameReader(Limits.FRAME);
        assertThat(reader.announcedDescriptors()).hasValue(0);
        for (int i = 0; i < frame.limit(); i++) {
            reader.feed(frame.slice(i, 1));
            if (i + 1 < Header.BYTES) {
                assertThat(reader.announcedDescriptors()).isEmpty();
            } else {
                assertThat(reader.announcedDescriptors()).hasValue(3);
            }
        }
        assertThat(reader.next()).isPresent();
    }

    @Test
    void garbageIsRefusedForGood() {
        FrameReader reader = new FrameReader(Limits.STRANGER_FRAME);
        reader.feed(ByteBuffer.wrap("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII)));
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(WireException.class).isThrownBy(reader::next)
                    .withMessage("a frame of 1195725856 bytes; at most 4096 are allowed here");
        }
    }

}
