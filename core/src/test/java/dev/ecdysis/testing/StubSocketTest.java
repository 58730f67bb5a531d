package dev.ecdysis.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.Exit;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A test can run again: the stub leaves no path and no socket behind.
class StubSocketTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private static long sockets() throws Exception {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(StubSocketTest::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // the one that lists
        }
    }

    @Test
    void aUnixPathIsRemovedAtTheEnd() throws Exception {
        Unix address = Unix.of(folder.resolve("s"));
        for (int run = 0; run < 2; run++) {
            try (StubEcdysis stub = StubEcdysis.firstGeneration()) {
                stub.listen("unix", address);
                stub.ready();
                assertThat(address.path()).exists();
                stub.stop();
                assertThat(stub.awaitExit(LONG)).contains(new Exit.Stopped(0));
                assertThat(address.path()).doesNotExist();
            }
        }
        try (StubEcdysis closedOnly = StubEcdysis.firstGeneration()) {
            closedOnly.listen("unix", address);
        }
        assertThat(address.path()).doesNotExist();
    }

    @Test
    void aPathThatAnEarlierRunLeftBehindIsTaken() throws Exception {
        Path path = folder.resolve("s");
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(path));
        }
        try (StubEcdysis stub = StubEcdysis.firstGeneration()) {
            stub.listen("unix", Unix.of(path));
            assertThat(path).exists();
        }
    }

    @Test
    void aPathThatIsAnothersIsLeftAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "precious");
        Path path = folder.resolve("s");
        try (StubEcdysis stub = StubEcdysis.firstGeneration(); StubEcdysis other = StubEcdysis.firstGeneration()) {
            stub.listen("unix", Unix.of(path));
            assertThatThrownBy(() -> other.listen("unix", Unix.of(path))).isInstanceOf(EcdysisException.class);
            assertThatThrownBy(() -> other.listen("file", Unix.of(file))).isInstanceOf(EcdysisException.class);
            Files.delete(path);
            Files.writeString(path, "new");
        }
        assertThat(file).hasContent("precious");
        assertThat(path).hasContent("new");
    }

    @Test
    void oneThatCannotBeBoundIsClosed() throws Exception {
        try (StubEcdysis stub = StubEcdysis.firstGeneration()) {
            int port = ((InetSocketAddress) stub.listen("first", Tcp.of("127.0.0.1", 0)).localAddress()).getPort();
            long before = sockets();
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(() -> stub.listen("second", Tcp.of("127.0.0.1", port)))
                        .isInstanceOf(EcdysisException.class);
            }
            assertThat(sockets()).isEqualTo(before);
        }
    }
}
