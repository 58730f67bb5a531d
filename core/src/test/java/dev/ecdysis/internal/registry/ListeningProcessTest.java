package dev.ecdysis.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whoever listens is named also on a machine that lacks one of the kernel's tables.
class ListeningProcessTest {
    @TempDir
    Path tables;

    @Test
    void withoutIpv6ThereIsOneTable() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            Files.writeString(tables.resolve("tcp"), Files.readString(Path.of("/proc/net/tcp")));
            assertThat(ListeningProcess.onPort(tables, port)).contains("this process");
        }
    }
}
