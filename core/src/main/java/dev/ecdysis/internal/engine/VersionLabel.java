package dev.ecdysis.internal.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/// What a program calls itself when it has not said so.
final class VersionLabel {
    private static final String UNKNOWN = "unknown";

    private VersionLabel() {
    }

    /// The `Implementation-Version` of the first jar of the class path, which is the one given to `java -jar`.
    static String ofTheMainJar() {
        return ofFirstJar(System.getProperty("java.class.path", ""));
    }

    static String ofFirstJar(String classPath) {
        String first = classPath.split(":", 2)[0];
        if (!first.endsWith(".jar")) {
            return UNKNOWN;
        }
        try (JarFile jar = new JarFile(Path.of(first).toFile())) {
            Manifest manifest = jar.getManifest();
            String label = manifest == null ? null
                    : manifest.getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
            return label == null ? UNKNOWN : label;
        } catch (IOException e) {
            return UNKNOWN; // a label is no reason not to start
        }
    }
}
