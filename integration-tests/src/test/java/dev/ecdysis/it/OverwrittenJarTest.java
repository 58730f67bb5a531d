package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A jar that was overwritten in place, the library in it: the process that runs from it finds other bytes where its
/// classes were. It can still be replaced, with or without a rollback, and loses nothing.
@Tag("slow")
class OverwrittenJarTest {
    @RegisterExtension
    final Servers servers = new Servers();

    @TempDir
    Path folder;

    @Test
    void theProcessThatRunsFromItRollsBackHandsOverAndDrains() throws Exception {
        Path original = Path.of(System.getProperty("ecdysis.examples.jar"));
        Path jar = Files.copy(original, folder.resolve("app.jar"));
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "4s",
                "--fault-file", "@/../fault").replace(original.toString(), jar.toString()));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            chain.awaitRehearsed();
            Object inode = Files.getAttribute(jar, "unix:ino");
            Files.write(jar, shifted(original));
            assertThat(Files.getAttribute(jar, "unix:ino")).as("in place").isEqualTo(inode);

            Path fault = Files.writeString(chain.folder().resolve("fault"), "die-after-cutover:200ms");
            Duration begun = traffic.elapsed();
            assertThat(chain.startUpgrade().await(UpgradeResult.RolledBack.class).exitStatus()).hasValue(9);
            Traffic.Window life = new Traffic.Window(begun, traffic.elapsed());
            chain.assertServesAlone(chain.first().pid());
            traffic.awaitAnswers(10);
            Files.delete(fault);
            chain.startUpgrade().await(UpgradeResult.Committed.class);
            traffic.awaitGeneration(1);
            traffic.assertOnlyLostDuring(life);
        }
        assertThat(chain.first().waitFor()).as("exit status of the overwritten one").isZero();
        assertThat(chain.errors().tail(100)).contains("was overwritten in place").doesNotContain("NoClassDefFound");
        chain.assertUpgradesAndEnds();
    }

    /// The same jar with every entry elsewhere.
    private static byte[] shifted(Path jar) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipFile from = new ZipFile(jar.toFile()); ZipOutputStream to = new ZipOutputStream(bytes)) {
            byte[] filling = new byte[300_000];
            new Random(1).nextBytes(filling);
            to.putNextEntry(new ZipEntry("filling"));
            to.write(filling);
            for (ZipEntry entry : (Iterable<ZipEntry>) from.stream().<ZipEntry>map(one -> one)::iterator) {
                to.putNextEntry(new ZipEntry(entry.getName()));
                from.getInputStream(entry).transferTo(to);
            }
        }
        return bytes.toByteArray();
    }
}
