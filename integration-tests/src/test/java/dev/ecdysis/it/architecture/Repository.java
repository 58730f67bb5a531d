package dev.ecdysis.it.architecture;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The text files of this project, without what was built and what an editor or a crashed JVM left behind.
final class Repository {
    static final Path ROOT = Path.of(System.getProperty("ecdysis.home", "..")).toAbsolutePath().normalize();

    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".idea", ".vscode", ".settings");
    private static final List<String> LEFT_BEHIND = List.of(".log", ".iml", ".swp", "~", ".hprof", ".jfr", ".aot",
            ".jsa");

    private Repository() {
    }

    /// The text of each, by its path from the root.
    static SortedMap<Path, String> texts() throws IOException {
        SortedMap<Path, String> texts = new TreeMap<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NOT_OURS.contains(folder.getFileName().toString()) ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile() && LEFT_BEHIND.stream().noneMatch(file.toString()::endsWith)) {
                    byte[] content = Files.readAllBytes(file);
                    if (!isBinary(content)) {
                        texts.put(ROOT.relativize(file), Files.readString(file));
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return texts;
    }

    static SortedMap<Path, String> texts(String suffix) throws IOException {
        SortedMap<Path, String> texts = texts();
        texts.keySet().removeIf(path -> !path.toString().endsWith(suffix));
        return texts;
    }

    private static boolean isBinary(byte[] content) {
        for (byte octet : content) {
            if (octet == 0) {
                return true;
            }
        }
        return false;
    }
}
