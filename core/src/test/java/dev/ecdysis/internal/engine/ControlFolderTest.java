package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.status.Check;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where the control socket may be: nowhere that somebody else could put another in its place.
class ControlFolderTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private static void start(Path control) throws EcdysisException {
        try (Ecdysis ecdysis = new EngineBuilder(LinuxPosix::open).controlSocket(control).start()) {
            assertThat(ecdysis.generation()).isZero();
            assertThat(permissions(control)).isEqualTo("rw-------");
        }
        assertThat(control).doesNotExist();
    }

    private static String permissions(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aMissingFolderIsMadeForItsOwnerOnly() throws Exception {
        start(folder.resolve("a/b/control.sock"));
        assertThat(permissions(folder.resolve("a/b"))).isEqualTo("rwx------");
        assertThat(permissions(folder.resolve("a"))).isEqualTo("rwx------");
    }

    @Test
    void aFolderThatOthersMayWriteToIsRefusedAndLeftAsItIs() throws Exception {
        for (String writable : new String[] {"rwxrwxrwx", "rwxrwx---", "rwx----w-"}) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(writable));
            assertThatThrownBy(() -> start(folder.resolve("control.sock"))).isInstanceOf(EcdysisException.class)
                    .hasMessageContaining(writable).hasMessageContaining("use a folder of mode 0700");
            assertThat(permissions(folder)).isEqualTo(writable);
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        start(folder.resolve("control.sock"));
    }

    @Test
    void aFolderOfAnotherUserIsRefused() throws Exception {
        assumeTrue(LinuxPosix.open().geteuid() == 0, "needs root");
        Files.setAttribute(folder, "unix:uid", 65534);
        assertThatThrownBy(() -> start(folder.resolve("control.sock"))).isInstanceOf(EcdysisException.class)
                .hasMessageContaining("belongs to user 65534");
    }

    @Test
    void aFolderAboveThatOthersMayWriteToIsWarnedOf() throws Exception {
        Path weak = Files.createDirectory(folder.resolve("weak"));
        Files.setPosixFilePermissions(weak, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path control = weak.resolve("inner/control.sock");
        int user = LinuxPosix.open().geteuid();
        try (Ecdysis ecdysis = new EngineBuilder(LinuxPosix::open).controlSocket(control).start()) {
            ecdysis.ready();
            assertThatThrownBy(() -> ControlClient.connect(control, LIMIT).close())
                    .hasMessageContaining(weak.toRealPath() + " has mode 0777");
            try (ControlClient client = ControlClient.connect(control, LIMIT, Set.of(user))) {
                assertThat(client.doctor()).filteredOn(check -> check.name().equals("control socket's path"))
                        .singleElement().satisfies(check -> {
                            assertThat(check.verdict()).isEqualTo(Check.Verdict.WARN);
                            assertThat(check.found()).contains("has mode 0777", "so others could put their own socket");
                        });
            }
        }
    }

    @Test
    void whatADeadServerLeftIsReplacedAndALiveOneIsNot() throws Exception {
        Path control = folder.resolve("control.sock");
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(control));
            assertThatThrownBy(() -> start(control)).isInstanceOf(EcdysisException.class)
                    .hasMessageContaining("this process listens there");
        }
        assertThat(control).exists();
        start(control);
    }

    @Test
    void aFileIsLeftAlone() throws Exception {
        Path control = Files.writeString(folder.resolve("control.sock"), "precious");
        assertThatThrownBy(() -> start(control)).isInstanceOf(EcdysisException.class)
                .hasMessageContaining("is not a socket");
        assertThat(control).hasContent("precious");
    }

    @Test
    void aPathThatTheKernelCannotTakeIsExplained() {
        Path control = folder.resolve("x".repeat(108)).resolve("control.sock");
        assertThatThrownBy(() -> start(control)).hasMessageContaining("107 bytes");
    }
}
