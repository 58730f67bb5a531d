package dev.ecdysis.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which package uses which. Internal packages and the exported ones are called by their last word; what an internal
/// package uses of an exported one is `public`.
final class Arrows {
    private static final Pattern LINE = Pattern.compile("^([a-z]+) +-> ([a-z, ]+)$", Pattern.MULTILINE);
    private static final Pattern IMPORT = Pattern.compile("^import (?:static )?(dev\\.ecdysis(?:\\.[a-z]+)*)\\.",
            Pattern.MULTILINE);
    private static final Pattern PACKAGE = Pattern.compile("^package (.*);$", Pattern.MULTILINE);

    private final SortedMap<String, SortedSet<String>> targets = new TreeMap<>();

    private Arrows() {
    }

    /// As the document lists them.
    static Arrows documented(Path document) throws IOException {
        Arrows arrows = new Arrows();
        Matcher line = LINE.matcher(Files.readString(document));
        while (line.find()) {
            for (String target : line.group(2).split(", *", -1)) {
                arrows.targets.computeIfAbsent(line.group(1), _ -> new TreeSet<>()).add(target.strip());
            }
        }
        return arrows;
    }

    /// As the code has them. The compiler inlines constants, so that only imports tell where they come from; and types
    /// that are inferred need no import, so that only class files tell of them.
    static Arrows ofCode() throws IOException {
        Arrows arrows = new Arrows();
        for (JavaClass type : Core.CLASSES) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                arrows.add(type.getPackageName(), dependency.getTargetClass().getPackageName());
            }
        }
        for (Path file : Core.sources()) {
            String text = Files.readString(file);
            Matcher home = PACKAGE.matcher(text);
            if (home.find()) {
                IMPORT.matcher(text).results().forEach(found -> arrows.add(home.group(1), found.group(1)));
            }
        }
        return arrows;
    }

    private void add(String source, String target) {
        boolean ofInternal = source.startsWith(Core.INTERNAL);
        name(target, ofInternal).filter(arrowhead -> !source.equals(target)).ifPresent(arrowhead -> targets
                .computeIfAbsent(source.substring(source.lastIndexOf('.') + 1), _ -> new TreeSet<>()).add(arrowhead));
    }

    /// Empty when the package is not ours, or when both are exported.
    private static Optional<String> name(String target, boolean ofInternal) {
        if (target.startsWith(Core.INTERNAL)) {
            return Optional.of(target.substring(Core.INTERNAL.length()));
        }
        boolean ours = target.equals(Core.PUBLIC) || target.startsWith(Core.PUBLIC + ".");
        return ours && ofInternal ? Optional.of("public") : Optional.empty();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        targets.forEach((source, arrowheads) -> text.append(String.format("%-10s-> %s%n", source,
                String.join(", ", arrowheads))));
        return text.toString();
    }
}
