package dev.ecdysis.it.program;

import dev.ecdysis.ConnectionHandler;
import dev.ecdysis.Ecdysis;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// As much HTTP/1.1 as a load generator needs: GET, keep-alive, and an end that is announced while draining.
final class Http implements ConnectionHandler {
    private static final int LONGEST_HEAD = 8192;

    private final Ecdysis ecdysis;
    private final List<String> arguments;
    private final Duration work;

    Http(Ecdysis ecdysis, List<String> arguments) {
        this.ecdysis = ecdysis;
        this.arguments = arguments;
        this.work = new Program.Settings(arguments).millis("work", 0);
    }

    @Override
    public void handle(SocketChannel connection) throws IOException, InterruptedException {
        ByteBuffer buffer = ByteBuffer.allocate(LONGEST_HEAD);
        String text = "";
        while (true) {
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) {
                if (connection.read(buffer.clear()) < 0) {
                    return;
                }
                text += StandardCharsets.ISO_8859_1.decode(buffer.flip());
                continue;
            }
            String head = text.substring(0, end);
            text = text.substring(end + 4);
            work();
            String body = answer(head.split(" ", 3)[1]);
            boolean last = head.contains("Connection: close") || ecdysis.isDraining();
            write(connection, body, last);
            if (last) {
                return;
            }
        }
    }

    /// Takes processor time.
    private void work() {
        long end = System.nanoTime() + work.toNanos();
        while (work.isPositive() && System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    private void write(SocketChannel connection, String body, boolean last) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 200 OK\r\nContent-Length: " + bytes.length + "\r\nX-Generation: "
                + ecdysis.generation() + "\r\n" + (last ? "Connection: close\r\n" : "") + "\r\n";
        ByteBuffer[] both = {ByteBuffer.wrap(head.getBytes(StandardCharsets.ISO_8859_1)),
            ByteBuffer.wrap(bytes)};
        while (both[1].hasRemaining() || both[0].hasRemaining()) {
            connection.write(both);
        }
    }

    private String answer(String path) throws IOException, InterruptedException {
        return switch (path) {
            case "/release" -> release();
            case "/arguments" -> String.join("\n", arguments);
            // What a child of this process sees.
            case "/environment" -> environmentOfChild();
            case "/upgrade" -> askForUpgrade();
            default -> "generation " + ecdysis.generation() + "\n";
        };
    }

    /// Which build this is.
    private static String release() throws IOException {
        try (InputStream text = Http.class.getResourceAsStream("release.txt")) {
            return text == null ? "none" : new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String environmentOfChild() throws IOException, InterruptedException {
        Process child = new ProcessBuilder("env", "-0").start();
        String text = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        child.waitFor();
        return text;
    }

    private String askForUpgrade() {
        Thread.ofPlatform().name("asks-for-upgrade").start(() -> {
            try {
                Program.say("api " + ecdysis.upgrade());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return "asked";
    }
}
