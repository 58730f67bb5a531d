package dev.ecdysis.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.internal.libc.LinuxPosix;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Another user who listens where a server is expected is told nothing, not even by root.
@Tag("slow")
class ImpostorTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int NOBODY = 65534;
    /// Says how many bytes its only client has sent.
    private static final String SOURCE = """
            import java.net.*;
            import java.nio.*;
            import java.nio.channels.*;
            public class Impostor {
                public static void main(String[] arguments) throws Exception {
                    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                        server.bind(UnixDomainSocketAddress.of(arguments[0]));
                        System.out.println("listening");
                        try (SocketChannel client = server.accept()) {
                            int bytes = Math.max(0, client.read(ByteBuffer.allocate(4096)));
                            System.out.println("heard " + bytes);
                        }
                    }
                }
            }
            """;

    // Not a @TempDir, which nobody else may enter.
    private Path folder = Path.of("/");

    @BeforeEach
    void make() throws IOException {
        assumeTrue(LinuxPosix.open().geteuid() == 0 && Files.isExecutable(Path.of("/usr/bin/setpriv")),
                "needs root and setpriv");
        folder = Files.createTempDirectory(Path.of("/tmp"), "ecdysis-impostor");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(Files.writeString(folder.resolve("Impostor.java"), SOURCE),
                PosixFilePermissions.fromString("rw-r--r--"));
    }

    @AfterEach
    void remove() throws IOException {
        if (folder.equals(Path.of("/"))) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private Path his(String name, String permissions) throws IOException {
        Path made = Files.createDirectory(folder.resolve(name));
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(permissions));
        Files.setAttribute(made, "unix:uid", NOBODY);
        return made;
    }

    /// @return how many bytes a client has sent that was made to turn away, or to ask for the status
    private String heard(Path socket, Asking asking) throws Exception {
        Process impostor = new ProcessBuilder("/usr/bin/setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY,
                "--clear-groups", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", folder.resolve("Impostor.java").toString(), socket.toString())
                .redirectErrorStream(true).start();
        try (BufferedReader lines = impostor.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).isEqualTo("listening");
            asking.ask();
            return lines.readLine();
        } finally {
            impostor.destroyForcibly().waitFor();
        }
    }

    private interface Asking {
        void ask();
    }

    private static void turnsAway(Path socket, Set<Integer> allowed, String why) {
        assertThatThrownBy(() -> ControlClient.connect(socket, LIMIT, allowed).close())
                .isInstanceOfSatisfying(ControlException.class,
                        e -> assertThat(e.reason()).isEqualTo(ControlException.Reason.UNTRUSTED))
                .hasMessageContaining("nothing was sent to " + socket).hasMessageContaining(why)
                .hasMessageContaining("--allow-uid");
    }

    @Test
    void whoListensInAFolderOfAnotherUserIsToldNothing() throws Exception {
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxr-x"));
        Files.setAttribute(open, "unix:gid", NOBODY);
        Path socket = open.resolve("control.sock");
        assertThat(heard(socket, () -> turnsAway(socket, Set.of(1), "user 65534 listens there"))).isEqualTo("heard 0");
    }

    @Test
    void whereHeCouldHaveLedTheWayToHisOwnFolderHeIsNotEvenConnectedTo() throws Exception {
        Path his = his("his", "rwxr-xr-x");
        Path servers = Files.createDirectory(his.resolve("server"));
        Files.createFile(servers.resolve("control.sock"));
        turnsAway(servers.resolve("control.sock"), Set.of(), his + " belongs to user 65534");
    }

    @Test
    void aServerOfAnotherUserIsManagedByRoot() throws Exception {
        Path socket = his("server", "rwx------").resolve("control.sock");
        assertThat(heard(socket, () -> assertThatThrownBy(() -> ControlClient.connect(socket, LIMIT).close())
                .isInstanceOf(ControlException.class))).isNotEqualTo("heard 0");
    }

    @Test
    void whoIsNamedIsTalkedToWhereverHeListens() throws Exception {
        Path inner = Files.createDirectory(his("outer", "rwxrwxrwx").resolve("inner"));
        Files.setPosixFilePermissions(inner, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path socket = inner.resolve("control.sock");
        assertThat(heard(socket, () -> assertThatThrownBy(() -> ControlClient.connect(socket, LIMIT, Set.of(NOBODY))
                .close()).isInstanceOf(ControlException.class))).isNotEqualTo("heard 0");
    }
}
