package dev.ecdysis.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The hard limits. The aim is 100 lines and 30, and 2,000 of a package.
class SizeTest {
    private static final int FILE_LIMIT = 600;
    private static final int METHOD_LIMIT = 70;
    private static final long PACKAGE_LIMIT = 2_300;
    /// At least so many of core's types are seen by their package alone.
    private static final int HIDDEN_PERCENT = 40;
    private static final Path CORE = Path.of("core", "src", "main");

    private static SortedMap<Path, String> texts = new TreeMap<>();
    private static List<JavaSource> sources = List.of();

    @BeforeAll
    static void read() throws IOException {
        texts = Repository.texts(".java");
        sources = JavaSource.parse(texts);
    }

    @Test
    void filesAreShort() {
        print("all files", texts.keySet());
        print("core", texts.keySet().stream().filter(path -> path.startsWith(CORE)).toList());
        List<String> tooLong = new ArrayList<>();
        texts.forEach((path, text) -> {
            if (text.lines().count() > FILE_LIMIT) {
                tooLong.add(path + ": " + text.lines().count());
            }
        });
        assertThat(tooLong).isEmpty();
    }

    /// Of core: what has one purpose has few lines.
    @Test
    void packagesAreSmall() {
        SortedMap<Path, Long> lines = new TreeMap<>();
        texts.forEach((path, text) -> {
            if (path.startsWith(CORE)) {
                lines.merge(path.getParent(), text.lines().count(), Long::sum);
            }
        });
        assertThat(lines).isNotEmpty().allSatisfy((folder, count) -> assertThat(count).as(folder.toString())
                .isLessThanOrEqualTo(PACKAGE_LIMIT));
    }

    private static void print(String what, Iterable<Path> paths) {
        List<Long> sizes = new ArrayList<>();
        paths.forEach(path -> sizes.add(texts.get(path).lines().count()));
        sizes.sort(null);
        System.out.printf("lines per file, %s: %d files, median %d, 95th percentile %d, longest %d%n", what,
                sizes.size(),
                sizes.get(sizes.size() / 2), sizes.get(sizes.size() * 95 / 100), sizes.getLast());
    }

    @Test
    void methodsAreShort() {
        List<String> tooLong = new ArrayList<>();
        for (JavaSource source : sources) {
            source.methods().stream().filter(method -> method.lines() > METHOD_LIMIT)
                    .forEach(method -> tooLong.add(source.path() + ": " + method));
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void manyTypesOfCoreAreHidden() {
        List<JavaSource.Type> types = sources.stream().filter(source -> source.path().startsWith(CORE))
                .flatMap(source -> source.types().stream()).toList();
        long hidden = types.stream().filter(type -> !type.isPublic()).count();
        System.out.printf("types of core seen by their package alone: %d of %d%n", hidden, types.size());
        assertThat(hidden * 100 / types.size()).isGreaterThanOrEqualTo(HIDDEN_PERCENT);
    }
}
