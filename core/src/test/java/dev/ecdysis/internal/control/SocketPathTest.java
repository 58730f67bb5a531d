package dev.ecdysis.internal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.internal.control.SocketPath.Step;
import dev.ecdysis.internal.libc.LinuxPosix;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whose hands a path goes through. Users: 0 is root, 7 asks, 42 owns the socket's folder, 666 is somebody else.
class SocketPathTest {
    private static final int ASKS = 7;
    private static final int SERVER = 42;
    private static final int STRANGER = 666;

    @TempDir
    Path folder;

    private static Step step(String folder, int folderOwner, int mode, String name, int entryOwner) {
        return new Step(Path.of(folder), folderOwner, mode, Path.of(name), entryOwner);
    }

    private static final Step ROOT = step("/", 0, 0755, "run", 0);
    private static final Step LAST = step("/run/app", SERVER, 0700, "control.sock", SERVER);

    private static SocketPath path(Step... between) {
        List<Step> steps = new ArrayList<>(List.of(ROOT));
        steps.addAll(List.of(between));
        steps.add(LAST);
        return new SocketPath(steps);
    }

    @Test
    void foldersOfRootAndOfTheServersUserAndOfWhoAsksAreSafe() {
        assertThat(path(step("/run", 0, 0755, "app", SERVER)).weakness(ASKS)).isEmpty();
        assertThat(path(step("/run", SERVER, 0755, "app", 0)).weakness(ASKS)).isEmpty();
        assertThat(path(step("/run", ASKS, 0755, "app", 0)).weakness(ASKS)).isEmpty();
        assertThat(path().folderOwner()).isEqualTo(SERVER);
    }

    @Test
    void aFolderOfSomebodyElsesIsNot() {
        assertThat(path(step("/run", STRANGER, 0700, "app", SERVER)).weakness(ASKS))
                .contains("/run belongs to user 666");
        assertThat(path(step("/run", ASKS, 0755, "app", SERVER)).weakness(0)).contains("/run belongs to user 7");
    }

    @Test
    void aFolderThatOthersMayWriteToIsSafeOnlyWhenItIsStickyAndThePathLeadsToWhatIsTheirs() {
        for (int mode : new int[] {0777, 0775, 0757}) {
            assertThat(path(step("/run", 0, mode, "app", SERVER)).weakness(ASKS))
                    .contains("/run has mode 0" + Integer.toOctalString(mode));
            assertThat(path(step("/run", 0, 01000 | mode, "app", SERVER)).weakness(ASKS)).isEmpty();
            assertThat(path(step("/run", 0, 01000 | mode, "app", STRANGER)).weakness(ASKS))
                    .contains("/run/app belongs to user 666");
            assertThat(path(step("/run", STRANGER, 01000 | mode, "app", SERVER)).weakness(ASKS))
                    .contains("/run belongs to user 666");
        }
    }

    @Test
    void aPathIsGoneAsTheKernelGoesIt() throws Exception {
        Path real = Files.createDirectories(folder.toRealPath().resolve("real/inner"));
        Path socket = Files.createFile(real.resolve("control.sock"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("real/../real/inner"));
        List<Step> steps = SocketPath.examine(link.resolve("control.sock")).steps();
        assertThat(steps.getLast().folder()).isEqualTo(real);
        assertThat(steps).extracting(step -> step.folder().resolve(step.name()))
                .contains(folder.toRealPath().resolve("link"), real.getParent(), socket).startsWith(
                        Path.of("/").resolve(folder.toRealPath().getName(0)));
    }

    @Test
    void aFolderBehindALinkCountsAsMuchAsOneOnThePath() throws Exception {
        Path open = Files.createDirectories(folder.resolve("open/inner"));
        Files.createFile(open.resolve("control.sock"));
        Files.setPosixFilePermissions(open.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), open);
        int user = LinuxPosix.open().geteuid();
        assertThat(SocketPath.examine(link.resolve("control.sock")).weakness(user))
                .contains(open.toRealPath().getParent() + " has mode 0777");
        Files.setPosixFilePermissions(open.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(SocketPath.examine(link.resolve("control.sock")).weakness(user)).isEmpty();
    }

    @Test
    void aLinkThatSomebodyElseMadeInAStickyFolderIsHis() throws Exception {
        assumeTrue(LinuxPosix.open().geteuid() == 0, "needs root");
        Path sticky = Files.createDirectory(folder.resolve("sticky"));
        Files.setAttribute(sticky, "unix:mode", 01777);
        Path link = Files.createSymbolicLink(sticky.resolve("link"), Files.createDirectory(folder.resolve("target")));
        Files.createFile(link.resolve("control.sock"));
        assertThat(SocketPath.examine(link.resolve("control.sock")).weakness(0)).isEmpty();
        Files.setAttribute(link, "unix:uid", STRANGER, LinkOption.NOFOLLOW_LINKS);
        assertThat(SocketPath.examine(link.resolve("control.sock")).weakness(0))
                .contains(link.toRealPath(LinkOption.NOFOLLOW_LINKS) + " belongs to user 666");
    }

    @Test
    void aPathThatDoesNotEndIsAnError() throws IOException {
        assertThatThrownBy(() -> SocketPath.examine(folder.resolve("missing/control.sock")))
                .isInstanceOf(NoSuchFileException.class);
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
        assertThatThrownBy(() -> SocketPath.examine(loop.resolve("control.sock")))
                .isInstanceOf(FileSystemLoopException.class);
    }
}
