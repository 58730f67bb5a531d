package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionLabelTest {
    @TempDir
    Path folder;

    private String jar(String name, Attributes.Name attribute, String value) throws IOException {
        Path jar = folder.resolve(name);
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(attribute, value);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.finish();
        }
        return jar.toString();
    }

    @Test
    void isTheImplementationVersionOfTheFirstJar() throws Exception {
        String first = jar("first.jar", Attributes.Name.IMPLEMENTATION_VERSION, "4.2");
        String second = jar("second.jar", Attributes.Name.IMPLEMENTATION_VERSION, "1.0");
        assertThat(VersionLabel.ofFirstJar(first)).isEqualTo("4.2");
        assertThat(VersionLabel.ofFirstJar(first + ":" + second)).isEqualTo("4.2");
    }

    @Test
    void isUnknownWhereNobodyHasSaid() throws Exception {
        assertThat(VersionLabel.ofFirstJar(jar("none.jar", Attributes.Name.MAIN_CLASS, "Main"))).isEqualTo("unknown");
        assertThat(VersionLabel.ofFirstJar("")).isEqualTo("unknown");
        assertThat(VersionLabel.ofFirstJar(folder.toString())).isEqualTo("unknown");
        assertThat(VersionLabel.ofFirstJar(folder.resolve("gone.jar").toString())).isEqualTo("unknown");
        Path damaged = Files.writeString(folder.resolve("damaged.jar"), "no jar");
        assertThat(VersionLabel.ofFirstJar(damaged.toString())).isEqualTo("unknown");
    }
}
