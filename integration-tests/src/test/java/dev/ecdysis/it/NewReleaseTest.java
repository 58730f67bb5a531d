package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.it.program.Program;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What was deployed since the start takes effect with the next upgrade, and with each one after that.
@Tag("slow")
class NewReleaseTest {
    private static final String RELEASE = Program.class.getPackageName().replace('.', '/') + "/release.txt";

    @RegisterExtension
    final Servers servers = new Servers();

    @TempDir
    Path folder;

    @Test
    void behindAMovedSymbolicLink() throws Exception {
        for (String release : List.of("one", "two", "three")) {
            makeJar(Files.createDirectories(folder.resolve(release)).resolve("app.jar"), release);
        }
        Path current = folder.resolve("current");
        Files.createSymbolicLink(current, Path.of("one"));
        // Below the link, and the jar relative to that: nothing here names a release.
        Chain chain = servers.start(Launch.program(Launch.JAVA, List.of("-cp", "app.jar:" + library())),
                current);
        assertThat(release(chain)).isEqualTo("one");
        for (String release : List.of("two", "three", "one")) {
            Files.createSymbolicLink(folder.resolve("next"), Path.of(release));
            Files.move(folder.resolve("next"), current, StandardCopyOption.ATOMIC_MOVE);
            chain.assertUpgrades();
            assertThat(release(chain)).isEqualTo(release);
        }
        chain.assertEnds();
    }

    @Test
    void inAReplacedJar() throws Exception {
        Path jar = folder.resolve("app.jar");
        makeJar(jar, "one");
        Chain chain = servers.start(Launch.program(Launch.JAVA, List.of("-cp", jar + ":" + library())));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            makeJar(folder.resolve("new.jar"), "two");
            Files.move(folder.resolve("new.jar"), jar, StandardCopyOption.ATOMIC_MOVE);
            chain.assertUpgrades();
            assertThat(release(chain)).isEqualTo("two");

            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        chain.assertUpgradesAndEnds();
    }

    @Test
    void ofTheJavaThatIsFirstOnThePath() throws Exception {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        String path = bin + ":" + Path.of(Launch.JAVA).getParent() + ":" + System.getenv("PATH");
        // A wrapper comes later; env finds what a shell would find, and names it as it was typed.
        Launch plain = Launch.program("java", List.of("-cp", Launch.classPath()));
        List<String> command = Stream.concat(Stream.of("env"), plain.command().stream()).toList();
        Chain chain = servers.start(new Launch(command, plain.environment()).with("PATH", path));
        chain.assertUpgrades();
        assertThat(chain.output().find(0, "^wrapped ")).isEmpty();

        Path wrapper = bin.resolve("java");
        Files.writeString(wrapper, "#!/bin/sh\necho \"wrapped $$\"\nexec '" + Launch.JAVA + "' \"$@\"\n");
        Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (int upgrade = 0; upgrade < 2; upgrade++) {
            int mark = chain.output().mark();
            long pid = chain.assertUpgrades().pid();
            assertThat(chain.output().find(mark, "^wrapped " + pid + "$")).isPresent();
        }
        chain.assertEnds();
    }

    @Test
    void withTheArgumentsAndTheEnvironmentOfTheFirst() throws Exception {
        String[] odd = {"", "two words", "quote\"d", "*", ""};
        Chain chain = servers.start(Launch.program(odd).with("KEPT", "a=b c").with("EMPTY", ""));
        String arguments = Client.get(chain.address(), "/arguments");
        List<String> environment = environment(chain);
        assertThat(arguments).isEqualTo("folder=" + chain.run() + "\n" + String.join("\n", odd));
        assertThat(environment).contains("KEPT=a=b c", "EMPTY=");
        for (int upgrade = 0; upgrade < 3; upgrade++) {
            chain.assertUpgrades();
            assertThat(Client.get(chain.address(), "/arguments")).isEqualTo(arguments);
            assertThat(environment(chain)).isEqualTo(environment);
        }
        assertThat(environment).noneMatch(entry -> entry.startsWith("ECDYSIS_HANDOVER="))
                .noneMatch(entry -> entry.startsWith("LISTEN_"));
        chain.assertEnds();
    }

    /// What a child of the serving process sees.
    private static List<String> environment(Chain chain) throws Exception {
        return Arrays.stream(Client.get(chain.address(), "/environment").split("\0", -1)).sorted().toList();
    }

    private static String release(Chain chain) throws Exception {
        return Client.get(chain.address(), "/release");
    }

    private static Path library() {
        return Launch.placeOf(Ecdysis.class);
    }

    /// The test's program as one release of it.
    private static void makeJar(Path jar, String release) throws IOException {
        Path classes = Launch.placeOf(Program.class);
        String packageFolder = Program.class.getPackageName().replace('.', '/');
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> compiled = Files.list(classes.resolve(packageFolder))) {
            out.putNextEntry(new JarEntry(RELEASE));
            out.write(release.getBytes(StandardCharsets.UTF_8));
            for (Path one : compiled.sorted().toList()) {
                out.putNextEntry(new JarEntry(packageFolder + "/" + one.getFileName()));
                Files.copy(one, out);
            }
        }
    }
}
