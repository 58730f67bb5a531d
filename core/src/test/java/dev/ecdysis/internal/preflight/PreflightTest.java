package dev.ecdysis.internal.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.launch.NextLaunch;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
    @TempDir
    Path folder;

    private Path jar;

    @BeforeEach
    void deploy() throws IOException {
        jar = folder.resolve("server.jar");
        write(Instant.now().minusSeconds(60));
    }

    private void write(Instant modified) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar); ZipOutputStream zip = new ZipOutputStream(out)) {
            for (int i = 0; i < 100; i++) {
                zip.putNextEntry(new ZipEntry("entry-" + i));
                zip.write(new byte[i]);
                zip.closeEntry();
            }
        }
        age(modified);
    }

    private void age(Instant modified) throws IOException {
        Files.setLastModifiedTime(jar, FileTime.from(modified));
    }

    private NextLaunch launch(String... words) {
        List<byte[]> arguments = Stream.of(words).map(word -> word.getBytes(StandardCharsets.UTF_8)).toList();
        return NextLaunch.of(LaunchDescription.of(new Message.LaunchDescription(arguments,
                List.of("PATH=/usr/bin:/bin".getBytes(StandardCharsets.UTF_8)),
                folder.toString().getBytes(StandardCharsets.UTF_8))), List.of(), List.of());
    }

    private Optional<String> obstacle(String... words) {
        NextLaunch launch = launch(words);
        return new Preflight(launch.started(), false).obstacle(launch);
    }

    @Test
    void aWholeJarIsNoObstacle() {
        assertThat(obstacle("sh", "-jar", "server.jar")).isEmpty();
        assertThat(obstacle("sh", "-cp", "classes:server.jar", "Main")).isEmpty();
    }

    @Test
    void aMissingJarIsNamed() throws Exception {
        byte[] content = Files.readAllBytes(jar);
        for (String[] words : new String[][] {{"sh", "-Xmx1g", "-jar", "server.jar"},
            {"sh", "--class-path", "classes:" + jar, "Main"}, {"sh", "--add-opens", "a/b=c", "-jar", "server.jar"}}) {
            Files.write(jar, content);
            NextLaunch launch = launch(words);
            Preflight preflight = new Preflight(launch.started(), false);
            Files.delete(jar);
            assertThat(preflight.obstacle(launch)).as(Arrays.toString(words))
                    .hasValueSatisfying(why -> assertThat(why).contains(jar.toString(), "missing"));
        }
    }

    /// As java does, which started this process all the same.
    @Test
    void aJarThatWasNeverOnTheClassPathIsNotMissed() throws Exception {
        Files.delete(jar);
        assertThat(obstacle("sh", "-cp", "classes:" + jar, "Main")).isEmpty();
    }

    @Test
    void whatFollowsTheMainClassIsTheApplications() {
        assertThat(obstacle("sh", "Main", "-jar", "gone.jar")).isEmpty();
        assertThat(obstacle("sh", "-jar", "server.jar", "-cp", "gone.jar")).isEmpty();
        assertThat(obstacle("sh", "--add-opens", "a/b=c", "Main", "-cp", "gone.jar")).isEmpty();
    }

    @Test
    void aJarThatWasCutShortOrIsEmptyIsRefused() throws Exception {
        byte[] whole = Files.readAllBytes(jar);
        for (int length : new int[] {0, 1, whole.length / 2, whole.length - 1}) {
            Files.write(jar, Arrays.copyOf(whole, length));
            age(Instant.now().minusSeconds(60));
            assertThat(obstacle("sh", "-jar", "server.jar")).as(length + " bytes")
                    .hasValueSatisfying(why -> assertThat(why).contains("incomplete or damaged"));
        }
    }

    @Test
    void aJarOverwrittenInPlaceOnlyWarns() throws Exception {
        NextLaunch launch = launch("sh", "-jar", "server.jar");
        Preflight preflight = new Preflight(launch.started(), false);
        write(Instant.now().minusSeconds(30));
        assertThat(preflight.obstacle(launch)).isEmpty();
    }

    @Test
    void aJarThatIsStillBeingWrittenIsWaitedFor() throws Exception {
        age(Instant.now());
        assertThat(obstacle("sh", "-jar", "server.jar")).isEmpty();
        age(Instant.now().plusSeconds(3600)); // a clock that is wrong must not make it wait for ever
        assertThat(obstacle("sh", "-jar", "server.jar")).isEmpty();
    }

    @Test
    void theCommandOfOneUpgradeIsLookedAtAndNotWhatItReplaces() throws Exception {
        NextLaunch plain = launch("sh", "-jar", "server.jar");
        Preflight preflight = new Preflight(plain.started(), false);
        Files.delete(jar);
        assertThat(preflight.obstacle(plain)).isPresent();
        assertThat(preflight.obstacle(NextLaunch.of(plain.started(), List.of(), List.of("sh")))).isEmpty();
        assertThat(preflight.obstacle(NextLaunch.of(plain.started(), List.of(), List.of("sh", "-jar", "other.jar"))))
                .hasValueSatisfying(why -> assertThat(why).contains("other.jar is missing"));
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        assertThat(obstacle("no-such-program")).hasValueSatisfying(why -> assertThat(why).contains("/usr/bin:/bin"));
        assertThat(obstacle("no-such-program")).hasValueSatisfying(why -> assertThat(why).contains("install it"));
        assertThat(obstacle("./gone"))
                .hasValueSatisfying(why -> assertThat(why).contains(folder + "/./gone", "install"));
        assertThat(obstacle("./server.jar")).hasValueSatisfying(why -> assertThat(why).contains("not an executable"));
        assertThat(obstacle(folder.toString()))
                .hasValueSatisfying(why -> assertThat(why).contains("not an executable"));
        assertThat(obstacle("")).hasValueSatisfying(why -> assertThat(why).contains("names no program"));
        assertThat(obstacle()).hasValueSatisfying(why -> assertThat(why).contains("names no program"));
    }
}
