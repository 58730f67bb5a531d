package dev.ecdysis.bench;

import dev.ecdysis.demo.load.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One of several clients that ask as fast as they are answered: this finds out what a request costs, as an
/// open load does not. Blocking, on a platform thread, and the same for whoever answers.
final class ClosedLoop {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LONGEST_RESPONSE = 4096;

    private final InetSocketAddress target;
    private final Mode mode;
    private final long endNanos;
    private final byte[] request;
    private final byte[] response = new byte[LONGEST_RESPONSE];
    /// The first answer; every other must be the same.
    private byte @Nullable [] expected;
    private long answered;
    private Optional<String> failure = Optional.empty();

    private ClosedLoop(InetSocketAddress target, Mode mode, long endNanos) {
        this.target = target;
        this.mode = mode;
        this.endNanos = endNanos;
        request = ("GET / HTTP/1.1\r\nHost: localhost\r\n"
                + (mode == Mode.KEEP_ALIVE ? "" : "Connection: close\r\n") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /// What became of one slice of time.
    ///
    /// @param failures how clients lost a request, each of which ends with the first that it loses
    record Slice(long answered, Duration elapsed, List<String> failures) {
    }

    static Slice run(InetSocketAddress target, Mode mode, int clients, Duration duration)
            throws InterruptedException {
        long start = System.nanoTime();
        List<ClosedLoop> loops = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            ClosedLoop loop = new ClosedLoop(target, mode, start + duration.toNanos());
            loops.add(loop);
            threads.add(Thread.ofPlatform().daemon().name("client-" + i).start(loop::run));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        List<String> failures = loops.stream().map(loop -> loop.failure).flatMap(Optional::stream).toList();
        return new Slice(loops.stream().mapToLong(loop -> loop.answered).sum(), elapsed, failures);
    }

    private void run() {
        try {
            do {
                askOverOneConnection();
            } while (System.nanoTime() < endNanos);
        } catch (IOException e) {
            failure = Optional.of("after " + answered + " answers: " + e);
        }
    }

    private void askOverOneConnection() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.connect(target, (int) PATIENCE.toMillis());
            InputStream input = socket.getInputStream();
            do {
                socket.getOutputStream().write(request);
                readResponse(input);
                answered++;
            } while (mode == Mode.KEEP_ALIVE && System.nanoTime() < endNanos);
            // The server ends it first, so that it and not we keep the port for a minute.
            if (mode == Mode.NEW_CONNECTION && input.read() >= 0) {
                throw new IOException("more than one response");
            }
        }
    }

    private void readResponse(InputStream input) throws IOException {
        byte[] known = expected;
        int length = 0;
        do {
            int count = input.read(response, length, LONGEST_RESPONSE - length);
            if (count <= 0) {
                throw new IOException("end of stream after " + length + " bytes of the response");
            }
            length += count;
        } while (length < (known == null ? firstLength(length) : known.length));
        if (known == null) {
            expected = Arrays.copyOf(response, length);
        } else if (!Arrays.equals(response, 0, length, known, 0, known.length)) {
            throw new IOException("another response than the first one");
        }
    }

    /// How many bytes the first response has, of which so many are here; one more than those when it cannot be said
    /// yet.
    private int firstLength(int length) throws IOException {
        String text = new String(response, 0, length, StandardCharsets.US_ASCII);
        int head = text.indexOf("\r\n\r\n");
        if (head < 0) {
            return length + 1;
        }
        String marker = "\r\nContent-Length: ";
        int at = text.indexOf(marker);
        if (!text.startsWith("HTTP/1.1 200 ") || at < 0 || at > head) {
            throw new IOException("not the response that was expected: " + text.lines().findFirst().orElse(""));
        }
        int from = at + marker.length();
        return head + 4 + Integer.parseInt(text.substring(from, text.indexOf("\r\n", from)));
    }
}
