package dev.ecdysis.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which package uses which. Packages, exported ones as well, are called by their last word.
final class Arrows {
    private static final Pattern LINE = Pattern.compile("^([a-z]+) +-> ([a-z, ]+)$");
    private static final Pattern IMPORT = Pattern.compile("^import (?:static )?(dev\\.ecdysis(?:\\.[a-z]+)*)\\.",
            Pattern.MULTILINE);
    private static final Pattern PACKAGE = Pattern.compile("^package (.*);$", Pattern.MULTILINE);

    private final SortedMap<String, SortedSet<String>> targets = new TreeMap<>();

    private Arrows() {
    }

    /// As the document lists them, in a block of its own with nothing else in it.
    static Arrows documented(Path document) throws IOException {
        Arrows arrows = new Arrows();
        for (String text : Pictures.of(document).blockWith("ecdysis    -> ")) {
            Matcher line = LINE.matcher(text);
            if (!line.matches()) {
                throw new IOException(document + ": not an arrow: " + text);
            }
            for (String target : line.group(2).split(", *", -1)) {
                arrows.add(line.group(1), target.strip());
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
                arrows.addOurs(type.getPackageName(), dependency.getTargetClass().getPackageName());
            }
        }
        for (Path file : Core.sources()) {
            String text = Files.readString(file);
            Matcher home = PACKAGE.matcher(text);
            if (home.find()) {
                IMPORT.matcher(text).results().forEach(found -> arrows.addOurs(home.group(1), found.group(1)));
            }
        }
        return arrows;
    }

    private void addOurs(String source, String target) {
        if (!source.equals(target) && (target + ".").startsWith(Core.PUBLIC + ".")) {
            add(lastWord(source), lastWord(target));
        }
    }

    private void add(String source, String target) {
        targets.computeIfAbsent(source, _ -> new TreeSet<>()).add(target);
    }

    private static String lastWord(String packageName) {
        return packageName.substring(packageName.lastIndexOf('.') + 1);
    }

    /// The same without one of them.
    Arrows without(String source, String target) {
        Arrows others = new Arrows();
        targets.forEach((from, heads) -> heads.forEach(to -> {
            if (!from.equals(source) || !to.equals(target)) {
                others.add(from, to);
            }
        }));
        return others;
    }

    /// The packages from which there is a way back to themselves, each with that way.
    List<String> circles() {
        List<String> circles = new ArrayList<>();
        for (String start : targets.keySet()) {
            Deque<List<String>> ways = new ArrayDeque<>(List.of(List.of(start)));
            SortedSet<String> seen = new TreeSet<>();
            while (!ways.isEmpty()) {
                List<String> way = ways.poll();
                for (String next : targets(way.getLast())) {
                    if (next.equals(start)) {
                        circles.add(String.join(" -> ", way) + " -> " + start);
                    } else if (seen.add(next)) {
                        List<String> longer = new ArrayList<>(way);
                        longer.add(next);
                        ways.add(longer);
                    }
                }
            }
        }
        return circles;
    }

    SortedSet<String> sources() {
        return new TreeSet<>(targets.keySet());
    }

    SortedSet<String> targets(String source) {
        return targets.getOrDefault(source, new TreeSet<>());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        targets.forEach((source, arrowheads) -> text.append(String.format("%-11s-> %s%n", source,
                String.join(", ", arrowheads))));
        return text.toString();
    }
}
