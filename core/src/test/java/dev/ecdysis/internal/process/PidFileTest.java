package dev.ecdysis.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    private static final String OWN = ProcessHandle.current().pid() + "\n";

    @TempDir
    Path folder;

    @Test
    void aReaderNeverFindsItAbsentOrHalf() throws Exception {
        Path path = folder.resolve("pid");
        Files.writeString(path, "4711\n");
        AtomicBoolean ending = new AtomicBoolean();
        AtomicReference<String> wrong = new AtomicReference<>();
        CountDownLatch reading = new CountDownLatch(1);
        Thread reader = Thread.ofPlatform().start(() -> {
            while (!ending.get()) {
                try {
                    String content = Files.readString(path);
                    if (!content.equals(OWN) && !content.equals("4711\n")) {
                        wrong.set("'" + content + "'");
                    }
                } catch (IOException e) {
                    wrong.set(e.toString());
                }
                reading.countDown();
            }
        });
        reading.await();
        PidFile file = new PidFile(path);
        for (int i = 0; i < 2_000; i++) {
            file.write();
        }
        ending.set(true);
        reader.join();
        assertThat(wrong.get()).isNull();
        assertThat(path).hasContent(OWN.strip());
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void whatCannotBeWrittenIsFoundOutEarly() throws Exception {
        new PidFile(folder.resolve("pid")).check();
        assertThat(folder).isEmptyDirectory();
        for (Path bad : new Path[] {folder.resolve("missing/pid"), folder}) {
            assertThatThrownBy(() -> new PidFile(bad).check()).isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot write the PID file " + bad);
        }
    }

    @Test
    void onlyOurOwnIsRemoved() throws Exception {
        Path path = folder.resolve("pid");
        PidFile file = new PidFile(path);
        file.removeIfOurs();
        Files.writeString(path, ProcessHandle.current().pid() + "1\n");
        file.removeIfOurs();
        assertThat(path).exists();
        Files.writeString(path, "x".repeat(1_000));
        file.removeIfOurs();
        assertThat(path).exists();
        file.write();
        file.removeIfOurs();
        assertThat(path).doesNotExist();
    }

    /// Below a link to a release, which has moved while this process served.
    @Test
    void theOneThatWasWrittenIsRemovedWhereverItsPathLeads() throws Exception {
        Path one = Files.createDirectory(folder.resolve("one"));
        Path two = Files.createDirectory(folder.resolve("two"));
        Path link = Files.createSymbolicLink(folder.resolve("current"), one);
        PidFile file = new PidFile(link.resolve("pid"));
        file.write();
        Files.delete(link);
        Files.createSymbolicLink(link, two);
        Path successors = Files.writeString(two.resolve("pid"), "4711\n");
        file.removeIfOurs();
        assertThat(one).isEmptyDirectory();
        assertThat(successors).hasContent("4711");
        file.write();
        file.removeIfOurs();
        assertThat(two).isEmptyDirectory();
    }

    @Test
    void whatAnotherProcessHasWrittenIsRemovedUnread() throws Exception {
        Path path = folder.resolve("pid");
        PidFile file = new PidFile(path);
        file.removeUnlessOurs();
        file.write();
        file.removeUnlessOurs();
        assertThat(path).hasContent(OWN.strip());
        Path successors = Files.writeString(folder.resolve("another"), "4711\n");
        Files.setPosixFilePermissions(successors, PosixFilePermissions.fromString("---------"));
        Files.move(successors, path, StandardCopyOption.REPLACE_EXISTING);
        file.removeUnlessOurs();
        assertThat(path).doesNotExist();
    }

    @Test
    void whatCannotBeWrittenSaysTheKernelsReason() {
        Path path = folder.resolve("x".repeat(250)); // room for this name, and none for that of the temporary file
        assertThatThrownBy(() -> new PidFile(path).write()).hasMessageContaining(
                "cannot write the PID file " + path + " (FileSystemException: ").hasMessageContaining("too long");
    }

    @Test
    void whatCannotBeWrittenIsExplainedAndLeavesNothing() throws Exception {
        Path path = folder.resolve("gone/pid");
        assertThatThrownBy(() -> new PidFile(path).write()).isInstanceOf(IOException.class)
                .hasMessageContaining(path.toString());
        Path taken = Files.createDirectory(folder.resolve("pid"));
        Files.writeString(taken.resolve("file"), "");
        assertThatThrownBy(() -> new PidFile(taken).write()).isInstanceOf(IOException.class);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(taken);
        }
    }

    @Test
    void aLinkThatSomebodyPutThereIsNotFollowed() throws Exception {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Files.setPosixFilePermissions(victim, PosixFilePermissions.fromString("rw-------"));
        Path path = folder.resolve("pid");
        Files.createSymbolicLink(folder.resolve(".pid." + ProcessHandle.current().pid()), victim);
        new PidFile(path).write();
        assertThat(victim).hasContent("precious");
        assertThat(Files.getPosixFilePermissions(victim)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(path).isRegularFile().hasContent(OWN.strip());
        assertThat(Files.isSymbolicLink(path)).isFalse();
        assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    }

    @Test
    void theCauseIsNotHiddenByWhatFailsAfterIt() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve(".pid." + ProcessHandle.current().pid()));
        Files.writeString(temporary.resolve("file"), "");
        assertThatThrownBy(() -> new PidFile(folder.resolve("pid")).write())
                .hasMessageContaining("cannot write the PID file")
                .cause().isInstanceOf(DirectoryNotEmptyException.class)
                .satisfies(cause -> assertThat(cause.getSuppressed()).hasSize(1));
    }
}
