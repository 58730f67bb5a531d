package dev.ecdysis.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.InterceptedPosix;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class UnixSocketsTest {
    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void choosePath() {
        path = folder.resolve("s");
    }

    @Test
    void listensAndKnowsItsFile() throws Exception {
        try (BoundSockets sockets = bind()) {
            Sockets.connect(sockets).close();
            assertThat(sockets.inode()).isEqualTo(Files.getAttribute(path, "unix:ino"));
            assertThat(sockets.device()).isEqualTo(Files.getAttribute(path, "unix:dev"));
            assertThat(sockets.local()).isEqualTo(new SockAddr.Unix(path));
            assertThat(sockets.address()).isEqualTo("unix:" + path);
            assertThat(Sockets.isNonBlocking(sockets.sockets().getFirst())).isTrue();
        }
        assertThat(path).exists();
    }

    /// The usual umask, 022, would take the group's and others' write permission away.
    @ParameterizedTest
    @CsvSource({"0666, rw-rw-rw-", "0600, rw-------", "0777, rwxrwxrwx", "0640, rw-r-----", "0, ---------"})
    void hasTheModeThatWasAskedForWhateverTheUmask(String mode, String permissions) throws Exception {
        try (BoundSockets sockets = Sockets.FACTORY.bind("test",
                Unix.of(path).mode(Integer.parseInt(mode, 8)))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo(permissions);
            assertThat(Inodes.of(sockets)).hasSize(1);
        }
    }

    @Test
    void aFullFileSystemIsNamed() {
        FaultingPosix posix = new FaultingPosix(Sockets.POSIX).failAt("bind", 1, Errno.ENOSPC);
        assertThatThrownBy(() -> new SocketFactory(posix).bind("test", Unix.of(path)))
                .hasMessageContaining("unix:" + path).hasMessageContaining("test").hasMessageContaining("ENOSPC")
                .hasMessageContaining("the file system of " + path.getParent() + " has no room for one more file");
        assertThat(path).doesNotExist();
    }

    /// By the next version, once it is committed.
    @Test
    void theModeIsChangedAtTheCommit() throws Exception {
        try (BoundSockets bound = Sockets.FACTORY.bind("test", Unix.of(path).mode(0600))) {
            BoundSockets theirs = BoundSockets.inherited(Sockets.POSIX, "test", bound.kind(), bound.address(),
                    bound.device(), bound.inode(), false, null,
                    List.of(Sockets.POSIX.duplicate(bound.sockets().getFirst())));
            assertThat(theirs.makeOwn(Unix.of(path).mode(0640))).isEmpty();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-r-----");
            theirs.close();
        }
    }

    @Test
    void aPathThatAKilledServerLeftBehindIsReplaced() throws Exception {
        long stale;
        try (BoundSockets killed = bind()) {
            stale = killed.inode();
        }
        Files.createLink(folder.resolve("keeps the inode number in use"), path);
        try (BoundSockets sockets = bind()) {
            assertThat(sockets.inode()).isNotEqualTo(stale);
            Sockets.connect(sockets).close();
        }
    }

    @Test
    void aPathThatWasBoundButNeverListenedOnIsReplaced() throws Exception {
        try (Fd socket = Sockets.POSIX.socket(Linux.AF_UNIX, Linux.SOCK_STREAM, 0)) {
            Sockets.POSIX.bind(socket, new SockAddr.Unix(path));
        }
        bind().close();
    }

    @Test
    void aLiveServerIsLeftAloneAndNamed() throws Exception {
        try (BoundSockets live = bind()) {
            assertThatExceptionOfType(EcdysisException.class).isThrownBy(this::bind)
                    .withMessage("cannot listen on unix:" + path
                            + " (test): this process listens there; stop it, or use another path");
            live.unlinkIfOurs();
            assertThat(path).doesNotExist();
        }
    }

    @Test
    void aLiveServerWithAFullQueueIsLeftAlone() throws Exception {
        try (BoundSockets live = Sockets.FACTORY.bind("test", Unix.of(path).backlog(1))) {
            List<SocketChannel> waiting = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                waiting.add(Sockets.connect(live));
            }
            assertThatExceptionOfType(EcdysisException.class).isThrownBy(this::bind)
                    .withMessageContaining("a server listens there, and its accept queue is full");
            assertThat(path).exists();
            for (SocketChannel client : waiting) {
                client.close();
            }
        }
    }

    @Test
    void aFileIsNeverUnlinked() throws Exception {
        Files.writeString(path, "precious");
        assertThatExceptionOfType(EcdysisException.class).isThrownBy(this::bind)
                .withMessageContaining("exists and is not a socket, so it was left alone");
        assertThat(path).hasContent("precious");
    }

    @Test
    void aSymbolicLinkIsNeverUnlinked() throws Exception {
        Files.createSymbolicLink(path, folder.resolve("nowhere"));
        assertThatExceptionOfType(EcdysisException.class).isThrownBy(this::bind)
                .withMessageContaining("is not a socket");
        assertThat(path).isSymbolicLink();
    }

    @Test
    void aMissingFolderSaysSo() {
        path = folder.resolve("missing/s");
        assertThatExceptionOfType(EcdysisException.class).isThrownBy(this::bind)
                .withMessageContaining(
                        "the folder " + folder.resolve("missing") + " does not exist; create it")
                .withMessageContaining("ENOENT");
    }

    @Test
    void aFolderThatIsNoneSaysSo() throws Exception {
        Files.writeString(path, "a file");
        path = path.resolve("s");
        assertThatExceptionOfType(EcdysisException.class).isThrownBy(this::bind)
                .withMessageContaining("is not a folder");
    }

    @Test
    void unlinksOnlyItsOwnFile() throws Exception {
        try (BoundSockets first = bind()) {
            Files.createLink(folder.resolve("keeps the inode number in use"), path);
            Files.delete(path);
            try (BoundSockets second = bind()) {
                first.unlinkIfOurs();
                assertThat(path).exists();
                Sockets.connect(second).close();
                second.unlinkIfOurs();
                assertThat(path).doesNotExist();
                second.unlinkIfOurs();
            }
        }
    }

    @Test
    void aFailureLeavesNothingBehind() throws Exception {
        Files.writeString(path, "in the way");
        Set<String> before = Sockets.open();
        for (int i = 0; i < 20; i++) {
            assertThatExceptionOfType(EcdysisException.class).isThrownBy(this::bind);
        }
        assertThat(Sockets.openedSince(before)).isEmpty();
        assertThat(folder).isDirectoryNotContaining(file -> !file.equals(path));
    }

    @Test
    void probingLeavesNothingOpen() throws Exception {
        try (BoundSockets live = bind()) {
            Set<String> before = Sockets.open();
            for (int i = 0; i < 20; i++) {
                assertThatExceptionOfType(EcdysisException.class).isThrownBy(this::bind);
            }
            for (int i = 0; i < 20; i++) {
                Sockets.POSIX.accept4(live.sockets().getFirst()).close(); // the probes' other ends
            }
            assertThat(Sockets.openedSince(before)).isEmpty();
        }
    }

    private BoundSockets bind() throws IOException {
        return Sockets.FACTORY.bind("test", Unix.of(path));
    }

    /// Another process has bound the path, is found not to listen, and listens then.
    @Test
    void aServerThatIsJustStartingIsLeftAlone() throws Exception {
        try (Fd starting = Sockets.POSIX.socket(Linux.AF_UNIX, Linux.SOCK_STREAM, 0)) {
            Sockets.POSIX.bind(starting, new SockAddr.Unix(path));
            Object inode = Files.getAttribute(path, "unix:ino");
            AtomicInteger probes = new AtomicInteger();
            Posix posix = after(call -> {
                if (call.equals("connect") && probes.incrementAndGet() == 1) {
                    Sockets.POSIX.listen(starting, 10);
                }
            });
            assertThatExceptionOfType(EcdysisException.class)
                    .isThrownBy(() -> new SocketFactory(posix).bind("test", Unix.of(path)))
                    .withMessageContaining("listens there");
            assertThat(Files.getAttribute(path, "unix:ino")).isEqualTo(inode);
            SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
        }
    }

    @Test
    void aPathThatAnotherTakesAfterTheProbeIsLeftAlone() throws Exception {
        bind().close();
        Files.createLink(folder.resolve("keeps the inode number in use"), path);
        AtomicReference<BoundSockets> other = new AtomicReference<>();
        AtomicInteger probes = new AtomicInteger();
        Posix posix = after(call -> {
            if (call.equals("connect") && probes.incrementAndGet() == 2) {
                Files.delete(path);
                other.set(bind());
            }
        });
        assertThatExceptionOfType(EcdysisException.class)
                .isThrownBy(() -> new SocketFactory(posix).bind("test", Unix.of(path)))
                .withMessageContaining("another process has just taken the path");
        Sockets.connect(other.get()).close();
        other.get().close();
    }

    /// Only what may be just starting is waited for.
    @Test
    void whatHasBeenThereForLongIsReplacedAtOnce() throws Exception {
        bind().close();
        Awaitility.await().until(() -> !UnixPath.look(path).orElseThrow().isYoungerThan(Duration.ofMillis(1_100)));
        List<String> calls = new ArrayList<>();
        new SocketFactory(after(calls::add)).bind("test", Unix.of(path)).close();
        assertThat(calls).contains("connect").doesNotContain("poll");
    }

    private interface Hook {
        void called(String name) throws IOException;
    }

    private static Posix after(Hook hook) {
        return InterceptedPosix.by((proxy, method, arguments) -> {
            try {
                return InterceptedPosix.call(Sockets.POSIX, method, arguments);
            } finally {
                hook.called(method.getName());
            }
        });
    }
}
