package dev.ecdysis.examples;

/// Finds the end of a request head, however it arrives, and enforces the limits while it does.
///
/// Lines end with CR LF. A bare LF is refused although
/// [RFC 9112](https://www.rfc-editor.org/rfc/rfc9112#section-2.2) allows it: a proxy in front might see other
/// lines than this server.
final class HeadScanner {
    static final int LONGEST_LINE = 8 * 1024;
    static final int MOST_HEADERS = 100;
    static final int LARGEST_HEAD = 64 * 1024;

    private static final int LINE_END = 2;

    /// Relative to where the head starts, because the buffer may move it.
    private int scanned;
    private int lineStart;
    private int lines;

    /// Looks at the bytes that have come since the last call.
    ///
    /// @param start where the head starts, the same as before or moved with its bytes
    /// @return the length of the head with its empty line, or -1 when that has not come yet
    int scan(byte[] bytes, int start, int end) throws BadRequestException {
        for (int index = start + scanned; index < end; index++) {
            if (bytes[index] != '\n') {
                continue;
            }
            int length = index + 1 - start - lineStart;
            if (length < LINE_END || bytes[index - 1] != '\r') {
                throw new BadRequestException(Status.BAD_REQUEST, "a line ends without CR");
            }
            if (length == LINE_END && lines > 0) {
                int head = index + 1 - start;
                reset();
                checkSize(head);
                return head;
            }
            endLine(length, index + 1 - start);
        }
        scanned = end - start;
        checkLine(scanned - lineStart);
        // One more than fits is not coming: the end of the head would have to be within it.
        checkSize(scanned + 1);
        return -1;
    }

    private void endLine(int length, int next) throws BadRequestException {
        checkLine(length);
        if (length > LINE_END) {
            lines++;
        } else if (lineStart > 0) {
            throw new BadRequestException(Status.BAD_REQUEST, "empty lines before the request");
        }
        if (lines > MOST_HEADERS + 1) {
            throw new BadRequestException(Status.HEADERS_TOO_LARGE, "more than 100 headers");
        }
        lineStart = next;
    }

    private void checkLine(int length) throws BadRequestException {
        if (length > LONGEST_LINE + LINE_END) {
            throw lines == 0 ? new BadRequestException(Status.URI_TOO_LONG, "the request line is over 8 KiB")
                    : new BadRequestException(Status.HEADERS_TOO_LARGE, "a header is over 8 KiB");
        }
    }

    private static void checkSize(int length) throws BadRequestException {
        if (length > LARGEST_HEAD) {
            throw new BadRequestException(Status.HEADERS_TOO_LARGE, "the headers are over 64 KiB");
        }
    }

    private void reset() {
        scanned = 0;
        lineStart = 0;
        lines = 0;
    }
}
