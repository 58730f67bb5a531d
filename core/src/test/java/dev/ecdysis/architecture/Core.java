package dev.ecdysis.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The library's classes and sources.
final class Core {
    static final String PUBLIC = "dev.ecdysis";
    static final String INTERNAL = PUBLIC + ".internal.";

    /// Read once: it takes a second.
    static final JavaClasses CLASSES = new ClassFileImporter().importPath(Path.of("target", "classes"));

    private Core() {
    }

    static boolean isInternal(JavaClass type) {
        return type.getPackageName().startsWith(INTERNAL);
    }

    static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }
}
