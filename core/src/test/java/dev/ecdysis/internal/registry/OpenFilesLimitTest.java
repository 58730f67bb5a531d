package dev.ecdysis.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Tcp;
import dev.ecdysis.internal.listener.ManagedListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A server in a JVM of its own that may open 100 files, and three times as many clients at the first moment.
@Timeout(60)
class OpenFilesLimitTest {
    private static final int CLIENTS = 300;

    @Test
    void aBurstBeyondTheLimitIsServedInTheEnd() throws Exception {
        Process server = new ProcessBuilder("/bin/sh", "-c", "ulimit -n 100; exec \"$@\"", "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:-MaxFDLimit",
                "-XX:-UsePerfData", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"),
                Server.class.getName()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader lines = server.inputReader()) {
            int port = Integer.parseInt(lines.readLine());
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(SocketChannel.open(new InetSocketAddress("127.0.0.1", port)));
            }
            for (SocketChannel client : clients) {
                Sockets.answer(client);
                assertThat(Sockets.isAnswered(client)).isTrue();
                client.close();
            }
        } finally {
            server.destroyForcibly();
        }
    }

    /// Answers each connection after it has said something: so each needs a descriptor until its turn has
    /// come.
    static final class Server {
        private Server() {
        }

        public static void main(String[] arguments) throws IOException, InterruptedException {
            ManagedListener listener = Sockets.listen("test", Tcp.of("127.0.0.1", 0));
            listener.serve(connection -> {
                if (Sockets.isAnswered(connection)) {
                    Sockets.answer(connection);
                }
            });
            listener.start();
            System.out.println(Sockets.port(listener.sockets()));
            Thread.currentThread().join();
        }
    }
}
