package dev.ecdysis.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.demo.load.Load;
import dev.ecdysis.demo.load.LoadPlan;
import dev.ecdysis.demo.load.LoadReport;
import dev.ecdysis.demo.load.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpgradesResultTest {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    @Test
    void isCleanOnlyWithAsManyRequestsAsWereAskedFor() throws Exception {
        UpgradesResult result = new UpgradesResult(Mode.NEW_CONNECTION, smallLoad(), List.of(), List.of());
        long requests = result.load().requests();
        assertThat(requests).isPositive();
        assertThat(result.load().failed()).isZero();
        assertThat(result.isClean(requests)).isTrue();
        assertThat(result.isClean(requests + 1)).isFalse();
    }

    private static LoadReport smallLoad() throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> answerAll(server));
            try (Load load = Load
                    .start(LoadPlan.to(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()))
                            .requestsPerSecond(20).keepAliveShare(0).duration(Duration.ofMillis(200)))) {
                return load.await();
            }
        }
    }

    private static void answerAll(ServerSocket server) {
        try {
            while (true) {
                try (Socket connection = server.accept()) {
                    while (!head(connection).endsWith("\r\n\r\n")) {
                        // Not all of it is here.
                    }
                    connection.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException e) {
            // The end.
        }
    }

    private static String head(Socket connection) throws IOException {
        byte[] bytes = new byte[1024];
        int count = connection.getInputStream().read(bytes);
        if (count < 0) {
            throw new IOException("the client has gone");
        }
        return new String(bytes, 0, count, StandardCharsets.US_ASCII);
    }
}
