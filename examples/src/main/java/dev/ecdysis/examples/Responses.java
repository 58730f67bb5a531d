package dev.ecdysis.examples;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Objects;

/// Responses as bytes, ready to be written. The answer to `GET /` is the same for a process's life and made
/// once, in memory that the kernel reads without a copy.
///
/// They carry no `Date`, which a server on the open internet should send.
final class Responses {
    /// What a response says about its connection.
    enum Persistence {
        /// HTTP/1.1 keeps a connection without a word.
        KEEP(""),
        /// HTTP/1.0 has to be told.
        KEEP_ALIVE("Connection: keep-alive\r\n"),
        CLOSE("Connection: close\r\n");

        private final String header;

        Persistence(String header) {
            this.header = header;
        }
    }

    private static final int CHUNK_SIZE = 64 * 1024;

    private final int generation;
    private final String identity;
    private final EnumMap<Persistence, ByteBuffer> root = new EnumMap<>(Persistence.class);
    private final int rootBodyLength;

    Responses(int generation, long processId) {
        this.generation = generation;
        identity = "X-Generation: " + generation + "\r\nX-Pid: " + processId + "\r\n";
        String body = "generation " + generation + "\n";
        rootBodyLength = body.length();
        for (Persistence persistence : Persistence.values()) {
            byte[] bytes = ascii(head(Status.OK, body.length(), persistence).append(body));
            root.put(persistence, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
        }
    }

    /// The answer to `GET /`, or to `HEAD /` without the body.
    ByteBuffer root(Persistence persistence, boolean withBody) {
        ByteBuffer response = Objects.requireNonNull(root.get(persistence)).duplicate();
        return withBody ? response : response.limit(response.limit() - rootBodyLength);
    }

    /// A whole response with one line of text.
    ByteBuffer text(Status status, String body, Persistence persistence, boolean withBody) {
        StringBuilder response = head(status, body.length() + 1, persistence);
        return ByteBuffer.wrap(ascii(withBody ? response.append(body).append('\n') : response));
    }

    /// The head of a response whose body follows.
    ByteBuffer headOfBytes(long length, Persistence persistence) {
        return ByteBuffer.wrap(ascii(head(Status.OK, length, persistence)));
    }

    /// The head of a response whose body has no known length: it is in chunks, or ends with the connection.
    ByteBuffer headOfStream(boolean chunked, Persistence persistence) {
        StringBuilder head = begin(Status.OK).append(chunked ? "Transfer-Encoding: chunked\r\n" : "");
        return ByteBuffer.wrap(ascii(head.append(persistence.header).append("\r\n")));
    }

    ByteBuffer chunk(boolean chunked) {
        String data = "generation " + generation + "\n";
        String size = Integer.toHexString(data.length());
        return ByteBuffer.wrap(ascii(chunked ? size + "\r\n" + data + "\r\n" : data));
    }

    static ByteBuffer lastChunk() {
        return ByteBuffer.wrap(ascii("0\r\n\r\n"));
    }

    static ByteBuffer goOn() {
        return ByteBuffer.wrap(ascii("HTTP/1.1 100 Continue\r\n\r\n"));
    }

    /// Some bytes of a body of which so many are left.
    static ByteBuffer filler(long left) {
        return Filler.BYTES.duplicate().limit((int) Math.min(left, CHUNK_SIZE));
    }

    private StringBuilder head(Status status, long length, Persistence persistence) {
        return begin(status).append("Content-Length: ").append(length).append("\r\n")
                .append(persistence.header).append("\r\n");
    }

    private StringBuilder begin(Status status) {
        return new StringBuilder(256).append("HTTP/1.1 ").append(status.line()).append("\r\n")
                .append("Content-Type: text/plain\r\n")
                .append(status == Status.METHOD_NOT_ALLOWED ? "Allow: GET, HEAD\r\n" : "")
                .append(identity);
    }

    /// Made when it is first asked for, not while the process starts.
    private static final class Filler {
        static final ByteBuffer BYTES = bytes();

        private static ByteBuffer bytes() {
            byte[] bytes = new byte[CHUNK_SIZE];
            Arrays.fill(bytes, (byte) 'x');
            return ByteBuffer.allocateDirect(CHUNK_SIZE).put(bytes).flip();
        }
    }

    private static byte[] ascii(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
