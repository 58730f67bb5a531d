package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// One connection, by hand: for tests that need it idle, waiting or cut.
final class Client implements AutoCloseable {
    private static final int LONGEST_ANSWER = 64 * 1024;

    private final SocketChannel channel;

    private Client(SocketChannel channel) {
        this.channel = channel;
    }

    /// Connects, which needs no server that accepts: the kernel does it.
    static Client connect(SocketAddress address) throws IOException {
        return new Client(SocketChannel.open(address));
    }

    /// Connects and asks once, so that this generation has accepted it and keeps it.
    static Client keptBy(int generation, SocketAddress address) throws IOException {
        Client client = connect(address);
        client.ask("/", "");
        assertThat(generation(client.read())).isEqualTo(generation);
        return client;
    }

    /// The body of the answer to one request.
    static String get(SocketAddress address, String path) throws IOException {
        try (Client client = connect(address)) {
            client.ask(path, "Connection: close\r\n");
            String answer = client.readToEnd();
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    void ask(String path, String headers) throws IOException {
        write("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    }

    void write(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// What comes next; empty at the end.
    String read() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(LONGEST_ANSWER);
        channel.read(buffer);
        return StandardCharsets.ISO_8859_1.decode(buffer.flip()).toString();
    }

    String readToEnd() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String part = read(); !part.isEmpty(); part = read()) {
            all.append(part);
        }
        return all.toString();
    }

    /// The generation that a response names.
    static int generation(String response) {
        String marker = "X-Generation: ";
        int from = response.indexOf(marker) + marker.length();
        return Integer.parseInt(response.substring(from, response.indexOf('\r', from)));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
