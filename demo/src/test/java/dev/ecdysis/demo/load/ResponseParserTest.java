package dev.ecdysis.demo.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.demo.load.ResponseParser.BadResponseException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponseParserTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5\r\n\r\nhello", "content-LENGTH:5\n\nhello",
        "Content-Length: 0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nTrailer: t\r\n\r\n"})
    void isWholeWithItsLastByteAndNotBefore(String rest) throws Exception {
        ResponseParser parser = new ResponseParser();
        byte[] bytes = (OK + rest).getBytes(StandardCharsets.ISO_8859_1);
        for (int round = 0; round < 2; round++) {
            parser.reset();
            for (int i = 0; i < bytes.length; i++) {
                assertThat(parser.parse(ByteBuffer.wrap(bytes, i, 1))).isEqualTo(i == bytes.length - 1);
            }
            assertThat(parser.bytes()).isEqualTo(bytes.length);
        }
        parser.reset();
        assertThat(parser.parse(ByteBuffer.wrap(bytes))).isTrue();
    }

    @Test
    void knowsWhoAnsweredAndWhetherTheConnectionEnds() throws Exception {
        assertThat(whole(OK + "X-Generation: 12\r\nContent-Length: 0\r\n\r\n").generation()).isEqualTo(12);
        assertThat(whole(OK + "Content-Length: 0\r\n\r\n").generation()).isEqualTo(ResponseParser.UNKNOWN);
        assertThat(whole(OK + "Content-Length: 0\r\n\r\n").closes()).isFalse();
        assertThat(whole(OK + "connection: Close\r\nContent-Length: 0\r\n\r\n").closes()).isTrue();
        assertThat(whole("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").closes()).isTrue();
        assertThat(whole("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n").closes())
                .isFalse();
        assertThat(whole("HTTP/1.1 204 No Content\r\n\r\n").closes()).isFalse();
    }

    @Test
    void withoutALengthTheStreamsEndIsTheEnd() throws Exception {
        ResponseParser parser = new ResponseParser();
        assertThat(parser.parse(bytes(OK + "\r\nhello"))).isFalse();
        assertThat(parser.endsWithStream()).isTrue();
        assertThat(parser.closes()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"S", "HTTP/2.0 200 OK\r\n", "HTTP/1.1 404 Not Found\r\n", "HTTP/1.1\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n12"})
    void refusesWhatIsNoAnswer(String response) {
        assertThatThrownBy(() -> new ResponseParser().parse(bytes(response)))
                .isInstanceOf(BadResponseException.class);
    }

    @Test
    void aHeadHasALimit() {
        assertThatThrownBy(() -> new ResponseParser().parse(bytes(OK + "X: " + "x".repeat(20_000))))
                .isInstanceOf(BadResponseException.class).hasMessageContaining("bytes of head");
    }

    private static ResponseParser whole(String response) throws BadResponseException {
        ResponseParser parser = new ResponseParser();
        assertThat(parser.parse(bytes(response))).isTrue();
        return parser;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
