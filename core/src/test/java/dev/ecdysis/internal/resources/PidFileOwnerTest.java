package dev.ecdysis.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.process.PidFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whose a PID file is. With processes of their own: `SharedPidFileTest`.
class PidFileOwnerTest {
    @TempDir
    Path folder;

    private void check(String content, Set<Long> family) throws Exception {
        Path path = Files.writeString(folder.resolve("a.pid"), content);
        new PidFileOwner(LinuxPosix.open(), new PidFile(path), family).check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "-1\n", "0\n", "none", "99999999999999999999", "4194305\n", "1 2",
        "                                                    1"})
    void nobodyIsNamed(String content) {
        assertThatCode(() -> check(content, Set.of())).doesNotThrowAnyException();
    }

    @Test
    void thisProcessAndItsFamilyMayBeNamed() {
        long parent = ProcessHandle.current().parent().orElseThrow().pid();
        assertThatCode(() -> check(ProcessHandle.current().pid() + "\n", Set.of())).doesNotThrowAnyException();
        assertThatCode(() -> check(parent + "\n", Set.of(parent))).doesNotThrowAnyException();
    }

    @Test
    void aFolderIsTheSameByWhateverPath() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createDirectory(folder.resolve("real")));
        PidFile file = new PidFile(link.resolve("a.pid"));
        assertThat(file.isAt(folder.resolve("real/a.pid"))).isTrue();
        assertThat(file.isAt(folder.resolve("real/./x/../a.pid"))).isTrue();
        assertThat(file.isAt(folder.resolve("real/b.pid"))).isFalse();
        assertThat(file.isAt(folder.resolve("a.pid"))).isFalse();
    }
}
