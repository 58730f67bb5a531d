package dev.ecdysis.internal.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.internal.engine.Engine;
import dev.ecdysis.internal.peer.SuccessorLink;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryClassesTest {
    @Test
    void inAFolder() throws Exception {
        assertThat(LibraryClasses.names(Ecdysis.class)).contains(Ecdysis.class.getName(), Engine.class.getName(),
                SuccessorLink.class.getName(), "dev.ecdysis.internal.sides.PredecessorSide$Check")
                .doesNotHaveDuplicates()
                .noneMatch(name -> name.endsWith("-info"));
    }

    @Test
    void inAJarTheSame(@TempDir Path folder) throws Exception {
        Path classes = Path.of(Ecdysis.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Path jar = pack(classes, folder.resolve("a jar of ours.jar"));
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            List<String> names = LibraryClasses.names(loader.loadClass(Ecdysis.class.getName()));

            assertThat(names).containsExactlyInAnyOrderElementsOf(LibraryClasses.names(Ecdysis.class));
        }
    }

    @Test
    void ofTheJdkNone() throws Exception {
        assertThat(LibraryClasses.names(String.class)).isEmpty();
    }

    private static Path pack(Path classes, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> all = Files.walk(classes)) {
            for (Path one : all.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(one).toString()));
                Files.copy(one, out);
            }
            out.putNextEntry(new JarEntry("com/example/Application.class"));
        }
        return jar;
    }
}
