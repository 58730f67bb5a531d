package dev.ecdysis.demo.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A server on a real socket whose every connection is treated by the test's own code, on a thread of its
/// own.
final class MiniServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Treatment treatment;
    private final AtomicInteger accepted = new AtomicInteger();

    /// What a connection gets.
    interface Treatment {
        void treat(Connected connected) throws Exception;
    }

    /// One accepted connection.
    record Connected(Socket socket, BufferedReader in, int number) {
        /// Reads one request.
        ///
        /// @return whether there was one before the end of the stream
        boolean readRequest() throws IOException {
            @Nullable
            String line = in.readLine();
            boolean any = line != null;
            while (line != null && !line.isEmpty()) {
                line = in.readLine();
            }
            return any;
        }

        void write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /// Closes in a way that sends RST.
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    private MiniServer(Treatment treatment) throws IOException {
        this.treatment = treatment;
        listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    }

    static MiniServer start(Treatment treatment) throws IOException {
        MiniServer server = new MiniServer(treatment);
        Thread.ofVirtual().start(server::acceptAll);
        return server;
    }

    /// Answers every request and closes when asked to, as a well-behaved server does.
    static MiniServer wellBehaved() throws IOException {
        return start(connected -> {
            while (connected.readRequest()) {
                connected.write(ok(7, ""));
            }
        });
    }

    static String ok(int generation, String moreHeaders) {
        return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Generation: " + generation + "\r\n" + moreHeaders
                + "\r\nhello";
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }

    int accepted() {
        return accepted.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket socket = listener.accept();
                int number = accepted.incrementAndGet();
                Thread.ofVirtual().start(() -> treat(socket, number));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void treat(Socket socket, int number) {
        try (socket) {
            treatment.treat(new Connected(socket, new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)), number));
        } catch (IOException e) {
            // The load has closed first.
        } catch (Exception e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
