package dev.ecdysis.examples;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// The http example without the library: the control of the benchmark `request-cost`. It accepts as the JDK's
/// documentation would have it, and serves each connection with the example's own code, from the example's jar.
///
/// In this package because that code is package-private, and in this module because it is of no use to a
/// reader of the examples.
public final class PlainHttp {
    private static final int BACKLOG = 4096;

    private PlainHttp() {
    }

    /// Serves on a free port until the process is ended. What is on the command line only tells whose process it
    /// is.
    public static void main(String[] arguments) throws IOException {
        HttpService service = new HttpService(0, ProcessId.current(), Duration.ofSeconds(5), new Traffic(false));
        var handler = service.handler(true);
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), BACKLOG);
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            Console.line("serving generation=0 pid=" + ProcessId.current() + " addresses=tcp:127.0.0.1:" + port);
            while (listener.isOpen()) {
                SocketChannel connection = listener.accept();
                Thread.ofVirtual().start(() -> {
                    try (connection) {
                        handler.handle(connection);
                    } catch (Exception e) {
                        // The peer is gone.
                    }
                });
            }
        }
    }
}
