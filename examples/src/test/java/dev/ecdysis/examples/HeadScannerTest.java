package dev.ecdysis.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadScannerTest {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private final HeadScanner scanner = new HeadScanner();

    private int scan(String text) throws BadRequestException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return scanner.scan(bytes, 0, bytes.length);
    }

    /// With a scanner of its own: one that has refused is not used again.
    private static Status refused(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return catchThrowableOfType(BadRequestException.class,
                () -> new HeadScanner().scan(bytes, 0, bytes.length)).status();
    }

    @Test
    void findsTheEndByteByByte() throws BadRequestException {
        for (int length = 1; length < REQUEST.length(); length++) {
            assertThat(scan(REQUEST.substring(0, length))).isEqualTo(-1);
        }
        assertThat(scan(REQUEST)).isEqualTo(REQUEST.length());
    }

    @Test
    void startsAfreshWithTheNextHead() throws BadRequestException {
        byte[] bytes = (REQUEST + REQUEST + "GET").getBytes(StandardCharsets.ISO_8859_1);
        int length = REQUEST.length();
        assertThat(scanner.scan(bytes, 0, bytes.length)).isEqualTo(length);
        assertThat(scanner.scan(bytes, length, bytes.length)).isEqualTo(length);
        assertThat(scanner.scan(bytes, 2 * length, bytes.length)).isEqualTo(-1);
    }

    @Test
    void letsOneEmptyLinePass() throws BadRequestException {
        assertThat(scan("\r\n" + REQUEST)).isEqualTo(REQUEST.length() + 2);
        assertThat(refused("\r\n\r\n" + REQUEST)).isEqualTo(Status.BAD_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\n", "\n", "GET / HTTP/1.1\r\nA: b\n\n"})
    void refusesABareLineFeed(String text) {
        assertThat(refused(text)).isEqualTo(Status.BAD_REQUEST);
    }

    @Test
    void limitsTheRequestLine() throws BadRequestException {
        String line = "GET /" + "x".repeat(HeadScanner.LONGEST_LINE - 5);
        assertThat(scan(line + "\r\n\r\n")).isEqualTo(line.length() + 4);
        assertThat(refused(line + "x\r\n\r\n")).isEqualTo(Status.URI_TOO_LONG);
        assertThat(refused(line + "xxx")).as("unfinished").isEqualTo(Status.URI_TOO_LONG);
    }

    @Test
    void limitsAHeader() throws BadRequestException {
        String head = "GET / HTTP/1.1\r\nA:" + "x".repeat(HeadScanner.LONGEST_LINE - 2);
        assertThat(scan(head + "\r\n\r\n")).isEqualTo(head.length() + 4);
        assertThat(refused(head + "x\r\n\r\n")).isEqualTo(Status.HEADERS_TOO_LARGE);
        assertThat(refused(head + "xxx")).as("unfinished").isEqualTo(Status.HEADERS_TOO_LARGE);
    }

    @Test
    void limitsTheNumberOfHeaders() throws BadRequestException {
        String head = "GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(HeadScanner.MOST_HEADERS);
        assertThat(scan(head + "\r\n")).isEqualTo(head.length() + 2);
        assertThat(refused(head + "A: b\r\n\r\n")).isEqualTo(Status.HEADERS_TOO_LARGE);
    }

    @Test
    void limitsTheWhole() throws BadRequestException {
        String header = "A: " + "x".repeat(8000) + "\r\n";
        String head = "GET / HTTP/1.1\r\n" + header.repeat(8);
        int missing = HeadScanner.LARGEST_HEAD - head.length() - 7;
        assertThat(scan(head + "A: " + "x".repeat(missing) + "\r\n\r\n")).isEqualTo(HeadScanner.LARGEST_HEAD);
        assertThat(refused(head + "A: " + "x".repeat(missing + 1) + "\r\n\r\n"))
                .isEqualTo(Status.HEADERS_TOO_LARGE);
    }
}
