package dev.ecdysis.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class HttpServiceTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private final HttpService service = new HttpService(7, 4711, Duration.ofHours(1), new Traffic(false));

    private Loopback connect() throws IOException {
        return Loopback.connect(service.handler(true));
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
    }

    @Test
    void answersRootAndKeepsTheConnection() throws IOException {
        try (Loopback connection = connect()) {
            for (int request = 0; request < 3; request++) {
                assertThat(connection.send(GET).readResponse()).startsWith("HTTP/1.1 200 OK\r\n")
                        .contains("\r\nX-Generation: 7\r\n", "\r\nContent-Length: 13\r\n",
                                "\r\nX-Pid: 4711\r\n")
                        .doesNotContain("Connection:").endsWith("\r\n\r\ngeneration 7\n");
            }
        }
    }

    @Test
    void understandsARequestInPieces() throws IOException, InterruptedException {
        try (Loopback connection = connect()) {
            for (String piece : new String[] {"\r", "\nGE", "T / HTTP/1.1\r", "\nHost", ": h\r\n\r", "\n"}) {
                connection.send(piece);
                Thread.sleep(5);
            }
            assertThat(connection.readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws IOException {
        try (Loopback connection = connect()) {
            String mixed = get("/slow?ms=50") + get("/bytes?n=3") + get("/nowhere");
            connection.send(mixed + GET.repeat(300)).finish();
            assertThat(connection.readResponse()).endsWith("slow\n");
            assertThat(connection.readResponse()).endsWith("\r\n\r\nxxx");
            assertThat(connection.readResponse()).startsWith("HTTP/1.1 404 ");
            assertThat(connection.readAll().split("generation 7\n", -1)).hasSize(301);
        }
    }

    @Test
    void sendsBytes() throws IOException {
        try (Loopback connection = connect()) {
            assertThat(connection.send(get("/bytes?n=0")).readResponse()).endsWith("Length: 0\r\n\r\n");
            connection.send(get("/bytes?n=1000000")).readHead();
            assertThat(connection.read(1_000_000)).hasSize(1_000_000).containsOnly('x');
            assertThat(connection.send(GET).readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void streamsInChunksOrUntilTheEnd() throws IOException {
        try (Loopback connection = connect()) {
            String chunked = connection.send(get("/stream?ms=1")).readHead();
            assertThat(chunked).contains("Transfer-Encoding: chunked").doesNotContain("Content-Length");
            assertThat(new String(connection.read(23), StandardCharsets.US_ASCII))
                    .isEqualTo("d\r\ngeneration 7\n\r\n0\r\n\r\n");
        }
        try (Loopback connection = connect()) {
            String request = "GET /stream?ms=1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
            assertThat(connection.send(request).readAll()).doesNotContain("chunked")
                    .contains("Connection: close").endsWith("\r\n\r\ngeneration 7\n");
        }
    }

    @Test
    void answersHeadWithoutABody() throws IOException {
        try (Loopback connection = connect()) {
            for (String target : List.of("/", "/bytes?n=5", "/slow?ms=1", "/stream?ms=9999", "/nowhere")) {
                connection.send("HEAD " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(connection.readHead()).startsWith("HTTP/1.1 ");
            }
            assertThat(connection.send(GET).readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, /nowhere, 404", "POST, /, 405", "POST, /nowhere, 404", "GET, /slow?ms=x, 400"})
    void refusesAndKeepsTheConnection(String method, String target, String status) throws IOException {
        try (Loopback connection = connect()) {
            String request = method + " " + target + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
            String response = connection.send(request).readResponse();
            assertThat(response).startsWith("HTTP/1.1 " + status + " ").doesNotContain("Connection: close");
            assertThat(response.contains("\r\nAllow: GET, HEAD\r\n")).isEqualTo(status.equals("405"));
            assertThat(connection.send(GET).readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void discardsABodyThatIsLarge() throws IOException {
        int length = 10 << 20;
        try (Loopback connection = connect()) {
            connection.send("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n\r\n");
            assertThat(connection.send("GET ".repeat(length / 4)).readResponse()).startsWith("HTTP/1.1 200 ");
            assertThat(connection.send(GET).readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void saysContinueOnlyWhenTheBodyIsWanted() throws IOException {
        String rest = " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
        try (Loopback connection = connect()) {
            assertThat(connection.send("GET /" + rest).readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(connection.send("abc").readResponse()).startsWith("HTTP/1.1 200 ");
            assertThat(connection.send("POST /" + rest).readAll()).startsWith("HTTP/1.1 405 ")
                    .contains("Connection: close");
        }
    }

    @Test
    void answersHostileInputAndCloses() throws IOException, InterruptedException {
        String[] hostile = {"nonsense\r\n\r\n", "GET / HTTP/1.1\n\n", "GET / HTTP/1.1\r\n\r\n",
            "GET /" + "x".repeat(9000), "GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(101),
            "\u0016\u0003\u0001\n"};
        for (String input : hostile) {
            try (Loopback connection = connect()) {
                // More than was asked for: it must not turn the answer into a reset.
                assertThat(connection.send(input).send(GET).readAll()).startsWith("HTTP/1.1 4")
                        .contains("Connection: close").doesNotContain(" 200 ");
                assertThat(connection.endsWithin(5000)).isTrue();
            }
        }
    }

    @Test
    void honoursWhatTheClientWants() throws IOException {
        try (Loopback connection = connect()) {
            assertThat(connection.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").readResponse())
                    .contains("Connection: keep-alive");
            assertThat(connection.send("GET / HTTP/1.0\r\n\r\n").readAll()).contains("Connection: close");
        }
        try (Loopback connection = connect()) {
            assertThat(connection.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").readAll())
                    .contains("Connection: close");
        }
    }

    @Test
    void doesNotWaitForAPeerThatKeepsAClosedConnection() throws IOException, InterruptedException {
        try (Loopback connection = connect()) {
            assertThat(connection.send("GET / HTTP/1.0\r\n\r\n").readAll()).contains(" 200 ");
            assertThat(connection.endsWithin(5000)).isTrue();
        }
    }
}
