package dev.ecdysis.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Unix;
import dev.ecdysis.internal.control.ControlFolder;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.registry.SocketFactory;
import dev.ecdysis.status.Check;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said of Unix sockets whose paths somebody has removed.
class SocketPathsTest {
    private static final SocketFactory FACTORY = new SocketFactory(LinuxPosix.open());

    @TempDir
    Path folder;

    @Test
    void aFolderThatIsGoneKeepsAnUpgradeFromBeginning() throws Exception {
        Path run = Files.createDirectory(folder.resolve("run"));
        Path path = run.resolve("s");
        try (BoundSockets sockets = FACTORY.bind("http", Unix.of(path))) {
            assertThat(SocketPaths.obstacle(List.of(sockets))).isEmpty();
            assertThat(SocketPaths.checks(List.of(sockets))).singleElement()
                    .returns(Check.Verdict.PASS, Check::verdict);
            Files.delete(path);
            assertThat(SocketPaths.obstacle(List.of(sockets))).isEmpty();
            assertThat(SocketPaths.checks(List.of(sockets))).singleElement().satisfies(check -> {
                assertThat(check.verdict()).isEqualTo(Check.Verdict.WARN);
                assertThat(check.found()).isEqualTo("http cannot be reached at unix:" + path
                        + ", because somebody removed it");
            });
            Files.delete(run);
            assertThat(SocketPaths.obstacle(List.of(sockets)))
                    .contains("http cannot be reached at unix:" + path + ", because the folder " + run
                            + " is gone; create it with its owner and mode, then upgrade: the new version makes the"
                            + " socket anew");
            assertThat(SocketPaths.checks(List.of(sockets))).singleElement()
                    .returns(Check.Verdict.FAIL, Check::verdict);
            Files.createDirectory(run);
            assertThat(SocketPaths.obstacle(List.of(sockets))).isEmpty();
        }
    }

    /// It is made again with the mode that it has to have, unless that cannot be.
    @Test
    void theControlSocketsFolderIsMadeAgain() throws Exception {
        Path path = folder.resolve("a/b/c.sock");
        try (BoundSockets sockets = ControlFolder.bind(LinuxPosix.open(), FACTORY, Names.CONTROL, path)) {
            Files.delete(path);
            Files.delete(path.getParent());
            Files.delete(folder.resolve("a"));
            assertThat(SocketPaths.obstacle(List.of(sockets))).isEmpty();
            assertThat(SocketPaths.checks(List.of(sockets))).singleElement()
                    .returns(Check.Verdict.WARN, Check::verdict);
            Files.createFile(folder.resolve("a")); // where no folder can be made any more
            assertThat(SocketPaths.obstacle(List.of(sockets)).orElseThrow())
                    .contains("the folder " + path.getParent() + " is gone; create it with mode 0700");
        }
    }
}
