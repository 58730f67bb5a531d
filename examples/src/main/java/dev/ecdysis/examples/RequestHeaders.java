package dev.ecdysis.examples;

import java.nio.charset.StandardCharsets;

/// The headers that decide where a request ends and what becomes of the connection; the others are only
/// checked.
final class RequestHeaders {
    static final long LARGEST_BODY = 10 << 20;

    private static final byte[] HOST = ascii("host");
    private static final byte[] EXPECT = ascii("expect");
    private static final byte[] CONTINUE = ascii("100-continue");
    private static final byte[] CONNECTION = ascii("connection");
    private static final byte[] CLOSE = ascii("close");
    private static final byte[] KEEP_ALIVE = ascii("keep-alive");
    private static final byte[] CONTENT_LENGTH = ascii("content-length");
    private static final byte[] TRANSFER_ENCODING = ascii("transfer-encoding");
    private static final byte[] CHUNKED = ascii("chunked");

    private static final int NONE = -1;

    private int hosts;
    private long contentLength;
    private boolean transferEncoding;
    private boolean chunked;
    private boolean wantsClose;
    private boolean wantsKeepAlive;
    private boolean expectsContinue;

    void clear() {
        hosts = 0;
        contentLength = NONE;
        transferEncoding = false;
        chunked = false;
        wantsClose = false;
        wantsKeepAlive = false;
        expectsContinue = false;
    }

    /// @param to where the line ends, without CR
    void add(byte[] bytes, int from, int to) throws BadRequestException {
        int colon = HeaderSyntax.tokenEnd(bytes, from, to);
        // A space before the colon, or a line that continues the one before, ends here too.
        if (colon == from || colon == to || bytes[colon] != ':' || !HeaderSyntax.isValue(bytes, colon, to)) {
            throw bad("a header is malformed");
        }
        int value = HeaderSyntax.skipSpace(bytes, colon + 1, to);
        int valueEnd = HeaderSyntax.trimSpace(bytes, value, to);
        // By length first: most headers are none of these, and differ from all of them in it.
        switch (colon - from) {
            case 4 -> hosts += HeaderSyntax.is(HOST, bytes, from, colon) ? 1 : 0;
            case 6 -> {
                if (HeaderSyntax.is(EXPECT, bytes, from, colon))
                    expect(bytes, value, valueEnd);
            }
            case 10 -> {
                if (HeaderSyntax.is(CONNECTION, bytes, from, colon))
                    connection(bytes, value, valueEnd);
            }
            case 14 -> {
                if (HeaderSyntax.is(CONTENT_LENGTH, bytes, from, colon)) {
                    contentLength(bytes, value, valueEnd);
                }
            }
            case 17 -> {
                if (HeaderSyntax.is(TRANSFER_ENCODING, bytes, from, colon)) {
                    chunked = !transferEncoding && HeaderSyntax.is(CHUNKED, bytes, value, valueEnd);
                    transferEncoding = true;
                }
            }
            default -> {}
        }
    }

    private void expect(byte[] bytes, int from, int to) throws BadRequestException {
        if (!HeaderSyntax.is(CONTINUE, bytes, from, to)) {
            throw new BadRequestException(Status.EXPECTATION_FAILED, "only 100-continue can be expected");
        }
        expectsContinue = true;
    }

    private void connection(byte[] bytes, int from, int to) {
        int start = from;
        while (start < to) {
            int comma = start;
            while (comma < to && bytes[comma] != ',') {
                comma++;
            }
            int option = HeaderSyntax.skipSpace(bytes, start, comma);
            int optionEnd = HeaderSyntax.trimSpace(bytes, option, comma);
            wantsClose |= HeaderSyntax.is(CLOSE, bytes, option, optionEnd);
            wantsKeepAlive |= HeaderSyntax.is(KEEP_ALIVE, bytes, option, optionEnd);
            start = comma + 1;
        }
    }

    /// Digits alone, and once: a sign, a list or a repetition is read differently by different servers.
    private void contentLength(byte[] bytes, int from, int to) throws BadRequestException {
        if (contentLength != NONE || from == to) {
            throw bad("Content-Length must be one number");
        }
        long length = 0;
        for (int index = from; index < to; index++) {
            int digit = bytes[index] - '0';
            if (digit < 0 || digit > 9) {
                throw bad("Content-Length must be one number");
            }
            // Stays just above the limit instead of overflowing.
            length = Math.min(length * 10 + digit, LARGEST_BODY + 1);
        }
        contentLength = length;
    }

    /// What can only be said when all of them are known.
    void check(int minorVersion) throws BadRequestException {
        if (hosts > 1 || (hosts == 0 && minorVersion > 0)) {
            throw bad("exactly one Host is needed");
        }
        if (transferEncoding) {
            // Both lengths, or an old proxy that passes on what it does not know: request smuggling.
            if (contentLength != NONE || minorVersion == 0) {
                throw bad("Transfer-Encoding does not go with Content-Length or HTTP/1.0");
            }
            throw chunked ? new BadRequestException(Status.LENGTH_REQUIRED, "send Content-Length, no chunks")
                    : new BadRequestException(Status.NOT_IMPLEMENTED, "unknown Transfer-Encoding");
        }
        if (contentLength > LARGEST_BODY) {
            throw new BadRequestException(Status.CONTENT_TOO_LARGE, "the body is over 10 MiB");
        }
        // An HTTP/1.0 client cannot know what 100 means.
        expectsContinue &= minorVersion > 0;
    }

    private static BadRequestException bad(String reason) {
        return new BadRequestException(Status.BAD_REQUEST, reason);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// How many bytes of body follow.
    long bodyLength() {
        return Math.max(0, contentLength);
    }

    boolean wantsClose() {
        return wantsClose;
    }

    boolean wantsKeepAlive() {
        return wantsKeepAlive;
    }

    /// Whether the client waits for a word before it sends the body.
    boolean expectsContinue() {
        return expectsContinue;
    }
}
