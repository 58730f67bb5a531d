package dev.ecdysis.internal.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// What a [TinyServer] says to a connection.
public record Answer(int generation, long pid, boolean injected, List<String> calls) {
    private static final int LIMIT_MILLIS = 30_000;

    /// Asks whoever listens there.
    ///
    /// @throws IOException when the connection was refused, dropped or not answered
    public static Answer from(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, LIMIT_MILLIS);
            socket.setSoTimeout(LIMIT_MILLIS);
            return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    /// The same from a Unix socket.
    public static Answer from(Path path) throws IOException {
        try (RawClient client = new RawClient(path)) {
            return parse(new String(client.readToEnd(), StandardCharsets.US_ASCII));
        }
    }

    private static Answer parse(String line) throws IOException {
        String[] words = line.strip().split(" ", -1);
        if (words.length != 4) {
            throw new IOException("dropped after '" + line + "'");
        }
        return new Answer(Integer.parseInt(words[0]), Long.parseLong(words[1]), Boolean.parseBoolean(words[2]),
                List.of(words[3].split(",", -1)));
    }
}
