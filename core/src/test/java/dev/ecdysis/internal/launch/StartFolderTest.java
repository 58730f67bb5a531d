package dev.ecdysis.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.procfs.FileNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With a link that stands for `/proc/self/cwd`; real processes are elsewhere.
class StartFolderTest {
    @TempDir
    Path folder;

    private StartFolder folder(Path target, String logical) throws IOException {
        Path link = folder.resolve("cwd");
        Files.deleteIfExists(link);
        return StartFolder.of(Files.createSymbolicLink(link, target), logical.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aFolderThatWasDeletedAndMadeAgainIsMeantByItsName() throws Exception {
        Path gone = folder.resolve("app");
        StartFolder found = folder(Path.of(gone + " (deleted)"), "");
        assertThat(FileNames.path(found.directory())).isEqualTo(gone);
        assertThat(found.obstacle()).isEmpty();
        assertThat(StartFolder.obstacle(found.directory(), true).orElseThrow().line())
                .contains("app is gone; create it");
        Files.createDirectory(gone);
        assertThat(StartFolder.obstacle(found.directory(), true)).isEmpty();
        Path current = Files.createSymbolicLink(folder.resolve("current"), gone);
        assertThat(folder(Path.of(gone + " (deleted)"), current.toString()).directory())
                .isEqualTo(FileNames.bytes(current));
    }

    @Test
    void aFolderOfThatNameIsOne() throws Exception {
        Path named = Files.createDirectory(folder.resolve("app (deleted)"));
        assertThat(FileNames.path(folder(named, "").directory())).isEqualTo(named);
    }

    @Test
    void theFolderOfTheJvmIsNotTheOneThatItWasStartedIn() throws Exception {
        Path strayed = Files.createDirectory(folder.resolve("hsperfdata_somebody"));
        assertThat(folder(strayed, "/srv/app").obstacle().orElseThrow().line()).contains(strayed.toString(), "/srv/app",
                "may not read");
        assertThat(folder(strayed, "").obstacle()).isPresent();
        assertThat(folder(strayed, strayed.toString()).obstacle()).isEmpty();
    }

    @Test
    void aNameThatLeadsNowhereHereIsToldSo() throws Exception {
        assertThat(folder(folder.resolve("outside"), "").obstacle().orElseThrow().line()).contains("cannot be reached",
                "outside");
    }

    @Test
    void aFileIsNoFolder() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(StartFolder.obstacle(FileNames.bytes(file), true).orElseThrow().line()).contains("is a file");
    }
}
