package dev.ecdysis.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/// Chooses a port for the server, below those that the kernel gives to clients. From there, the load's own
/// connects could be given the server's port while nobody listens: they would reach themselves, and keep it
/// from binding.
final class Ports {
    private static final Path CLIENT_RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int LEAST = 10_000;
    private static final int CLIENTS_USUALLY_FROM = 32_768;
    private static final int TRIES = 100;

    private Ports() {
    }

    static int free() throws IOException {
        int end = Math.max(LEAST + 1, clientsFrom());
        IOException last = new IOException("no free port");
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LEAST, end);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IOException("no free port between " + LEAST + " and " + end, last);
    }

    private static int clientsFrom() {
        try {
            return Integer.parseInt(Files.readString(CLIENT_RANGE).strip().split("\\s+", -1)[0]);
        } catch (IOException | NumberFormatException e) {
            return CLIENTS_USUALLY_FROM;
        }
    }
}
