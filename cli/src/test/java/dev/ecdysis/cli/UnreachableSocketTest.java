package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.cli.Shell.Ended;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.client.ControlException.Reason;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why nobody could be reached, as far as the path tells.
class UnreachableSocketTest {
    private final Shell shell = new Shell();

    @BeforeEach
    void nobodyIsThere() {
        shell.server.failing("connect",
                new ControlException(Reason.UNREACHABLE, "from the client: start the server"));
    }

    private void expect(Path path, String error) {
        Ended ended = shell.run("status", "--control", path.toString());

        assertThat(ended).isEqualTo(new Ended(5, "", "ecdysis: " + error + "\n"));
    }

    @Test
    void noSuchSocket(@TempDir Path folder) {
        Path path = folder.resolve("gone.sock");
        expect(path, "no such control socket: " + path
                + ": start the server, or give the path that its controlSocket option names");
    }

    @Test
    void aFolderThatIsAFile(@TempDir Path folder) throws IOException {
        Path path = Files.createFile(folder.resolve("file")).resolve("x.sock");
        expect(path, "no such control socket: " + path
                + ": start the server, or give the path that its controlSocket option names");
    }

    @Test
    void aLinkToItself(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("loop.sock");
        Files.createSymbolicLink(path, path);

        Ended ended = shell.run("status", "--control", path.toString());

        assertThat(ended.status()).isEqualTo(5);
        assertThat(ended.err()).startsWith("ecdysis: cannot look at " + path + ": ");
    }

    @Test
    void notASocket(@TempDir Path folder) {
        expect(folder,
                folder + " is not a socket: give the path that the server's controlSocket option names");
    }

    @Test
    void aStaleSocketIsLeftToTheClientToExplain(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("stale.sock");
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(path));
        }
        expect(path, "from the client: start the server");
    }
}
