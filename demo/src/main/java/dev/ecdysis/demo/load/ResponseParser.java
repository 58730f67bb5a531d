package dev.ecdysis.demo.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// Just enough of an HTTP/1.1 response ([RFC 9112](https://www.rfc-editor.org/rfc/rfc9112)) to know when it
/// is whole, whether the connection may be used again, and who answered. A state machine over whatever bytes
/// have come.
///
/// ```
/// HEAD --empty line--> BODY or TO_END_OF_STREAM --> COMPLETE
///                      CHUNK_SIZE <--> CHUNK --> TRAILERS --> COMPLETE
/// ```
final class ResponseParser {
    static final int UNKNOWN = -1;

    private static final int HEAD_BYTES_MAX = 16 * 1024;
    private static final long BODY_BYTES_MAX = 1L << 30;
    private static final int LINE_BYTES_FIRST = 128;

    private State state = State.HEAD;
    private byte[] line = new byte[LINE_BYTES_FIRST];
    private int lineLength;
    private int headBytes;
    private long bytes;
    private long bodyLeft;
    private boolean statusSeen;
    private boolean chunked;
    private boolean closes;
    private int generation = UNKNOWN;

    private enum State { HEAD, BODY, CHUNK_SIZE, CHUNK, TRAILERS, TO_END_OF_STREAM, COMPLETE }

    /// What came is not a response that a client may count as an answer.
    static final class BadResponseException extends Exception {
        private static final long serialVersionUID = 1L;

        BadResponseException(String message) {
            super(message, null, false, false);
        }
    }

    /// Forgets the last response.
    void reset() {
        state = State.HEAD;
        lineLength = 0;
        headBytes = 0;
        bytes = 0;
        bodyLeft = 0;
        statusSeen = false;
        chunked = false;
        closes = false;
        generation = UNKNOWN;
    }

    /// Takes what has come.
    ///
    /// @return whether the response is whole
    /// @throws BadResponseException when this cannot become a whole response, or more came than belongs to it
    boolean parse(ByteBuffer in) throws BadResponseException {
        bytes += in.remaining();
        while (in.hasRemaining() && state != State.COMPLETE) {
            switch (state) {
                case HEAD, CHUNK_SIZE, TRAILERS -> takeByteOfLine(in.get());
                case BODY, CHUNK, TO_END_OF_STREAM -> skipBody(in);
                case COMPLETE -> throw new AssertionError();
            }
        }
        if (in.hasRemaining()) {
            throw new BadResponseException(in.remaining() + " bytes more than the response has");
        }
        return state == State.COMPLETE;
    }

    /// Whether the end of the stream makes the response whole: it told no length.
    boolean endsWithStream() {
        return state == State.TO_END_OF_STREAM;
    }

    /// Whether the server said that it will close.
    boolean closes() {
        return closes;
    }

    /// The `X-Generation` header, or [#UNKNOWN].
    int generation() {
        return generation;
    }

    /// How many bytes have come.
    long bytes() {
        return bytes;
    }

    private void skipBody(ByteBuffer in) {
        int step = (int) Math.min(in.remaining(), bodyLeft);
        in.position(in.position() + step);
        bodyLeft -= step;
        if (bodyLeft == 0) {
            state = state == State.CHUNK ? State.CHUNK_SIZE : State.COMPLETE;
        }
    }

    private void takeByteOfLine(byte b) throws BadResponseException {
        if (++headBytes > HEAD_BYTES_MAX) {
            throw new BadResponseException("more than " + HEAD_BYTES_MAX + " bytes of head");
        }
        if (b != '\n') {
            if (lineLength == line.length) {
                line = Arrays.copyOf(line, line.length * 2);
            }
            line[lineLength++] = b;
            // What does not begin like HTTP is told at once: it may never send a line's end.
            if (!statusSeen && lineLength <= 5 && b != "HTTP/".charAt(lineLength - 1)) {
                throw new BadResponseException("not HTTP: " + printable());
            }
            return;
        }
        if (lineLength > 0 && line[lineLength - 1] == '\r') {
            lineLength--;
        }
        takeLine();
        lineLength = 0;
    }

    private void takeLine() throws BadResponseException {
        if (state == State.CHUNK_SIZE) {
            takeChunkSize();
        } else if (state == State.TRAILERS) {
            state = lineLength == 0 ? State.COMPLETE : State.TRAILERS;
        } else if (!statusSeen) {
            takeStatus();
        } else if (lineLength == 0) {
            endHead();
        } else {
            takeHeader();
        }
    }

    private void takeStatus() throws BadResponseException {
        boolean http11 = startsWith("http/1.1 ");
        if (lineLength < 12 || !(http11 || startsWith("http/1.0 "))) {
            throw new BadResponseException("not HTTP/1.1: " + printable());
        }
        if (line[9] != '2') {
            throw new BadResponseException("status " + printable().substring(9));
        }
        statusSeen = true;
        closes = !http11;
        boolean noContent = line[10] == '0' && line[11] == '4';
        bodyLeft = noContent ? 0 : UNKNOWN;
    }

    private void takeHeader() throws BadResponseException {
        if (startsWith("content-length:")) {
            bodyLeft = number("content-length:", 10, BODY_BYTES_MAX);
        } else if (startsWith("connection:")) {
            String value = value("connection:").toLowerCase(Locale.ROOT);
            closes = value.contains("close") || (closes && !value.contains("keep-alive"));
        } else if (startsWith("transfer-encoding:")) {
            chunked = true;
        } else if (startsWith("x-generation:")) {
            generation = (int) number("x-generation:", 10, Integer.MAX_VALUE);
        }
    }

    private void endHead() {
        if (chunked) {
            state = State.CHUNK_SIZE;
        } else if (bodyLeft == 0) {
            state = State.COMPLETE;
        } else if (bodyLeft > 0) {
            state = State.BODY;
        } else {
            state = State.TO_END_OF_STREAM;
            closes = true;
            bodyLeft = Long.MAX_VALUE;
        }
    }

    /// The line before a chunk; also the empty one that ends the chunk before.
    private void takeChunkSize() throws BadResponseException {
        if (lineLength == 0) {
            return;
        }
        headBytes = 0;
        bodyLeft = number("", 16, BODY_BYTES_MAX);
        state = bodyLeft == 0 ? State.TRAILERS : State.CHUNK;
    }

    private long number(String name, int radix, long most) throws BadResponseException {
        String digits = value(name);
        int extension = digits.indexOf(';');
        try {
            long number = Long.parseLong(extension < 0 ? digits : digits.substring(0, extension).strip(),
                    radix);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, like a number that is out of range.
        }
        throw new BadResponseException("not a number: " + printable());
    }

    private String value(String name) {
        return new String(line, name.length(), lineLength - name.length(), StandardCharsets.ISO_8859_1)
                .strip();
    }

    private boolean startsWith(String lowerCase) {
        if (lineLength < lowerCase.length()) {
            return false;
        }
        for (int i = 0; i < lowerCase.length(); i++) {
            byte b = line[i];
            if ((b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private String printable() {
        String text = new String(line, 0, Math.min(lineLength, 60), StandardCharsets.ISO_8859_1);
        return "'" + text.replaceAll("[^ -~]", "?") + "'";
    }
}
