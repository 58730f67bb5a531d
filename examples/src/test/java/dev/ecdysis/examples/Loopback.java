package dev.ecdysis.examples;

import dev.ecdysis.ConnectionHandler;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// One TCP connection to a handler, which runs on a virtual thread as it does behind a listener.
final class Loopback implements Closeable {
    private static final int TIMEOUT_MILLISECONDS = 10_000;

    private final Socket client;
    private final Thread server;

    private Loopback(Socket client, Thread server) {
        this.client = client;
        this.server = server;
    }

    static Loopback connect(ConnectionHandler handler) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(loopback, 0));
            Socket client = new Socket(loopback, ((InetSocketAddress) listener.getLocalAddress()).getPort());
            client.setSoTimeout(TIMEOUT_MILLISECONDS);
            client.setTcpNoDelay(true);
            SocketChannel accepted = listener.accept();
            return new Loopback(client, Thread.ofVirtual().start(() -> serve(handler, accepted)));
        }
    }

    private static void serve(ConnectionHandler handler, SocketChannel accepted) {
        try (accepted) {
            handler.handle(accepted);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    Loopback send(String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /// Says that no more will be sent.
    Loopback finish() throws IOException {
        client.shutdownOutput();
        return this;
    }

    byte[] read(int count) throws IOException {
        return client.getInputStream().readNBytes(count);
    }

    /// Up to the end of a head.
    String readHead() throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = client.getInputStream().read();
            if (next < 0) {
                return text.toString();
            }
            text.append((char) next);
        }
        return text.toString();
    }

    /// A response whose body has a known length.
    String readResponse() throws IOException {
        String head = readHead();
        String length = "Content-Length: ";
        int from = head.indexOf(length);
        if (from < 0) {
            return head;
        }
        int count = Integer.parseInt(head.substring(from + length.length(), head.indexOf('\r', from)));
        return head + new String(read(count), StandardCharsets.ISO_8859_1);
    }

    /// Up to the end of the stream.
    String readAll() throws IOException {
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    boolean endsWithin(long milliseconds) throws InterruptedException {
        server.join(milliseconds);
        return !server.isAlive();
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
