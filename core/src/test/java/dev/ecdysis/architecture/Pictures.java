package dev.ecdysis.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// What a document shows in fenced blocks.
final class Pictures {
    private static final String FENCE = "```";
    /// A package of ours at the start of a line, behind the lines of a tree, or in a second column, and what it is for.
    private static final Pattern PACKAGE = Pattern
            .compile("(?:^[ |`-]*|  )(dev\\.ecdysis(?:\\.[a-z]+)*|internal\\.[a-z]+) {2,}(\\S+(?: \\S+)*)");

    private final Path document;
    private final List<List<String>> blocks = new ArrayList<>();

    private Pictures(Path document) {
        this.document = document;
    }

    static Pictures of(Path document) throws IOException {
        Pictures pictures = new Pictures(document);
        boolean open = false;
        for (String line : Files.readAllLines(document)) {
            if (line.startsWith(FENCE)) {
                open = !open;
                if (open) {
                    pictures.blocks.add(new ArrayList<>());
                }
            } else if (open) {
                pictures.blocks.getLast().add(line);
            }
        }
        return pictures;
    }

    /// The only block with this text in it.
    List<String> blockWith(String text) throws IOException {
        List<List<String>> found = blocks.stream()
                .filter(block -> block.stream().anyMatch(line -> line.contains(text))).toList();
        if (found.size() != 1) {
            throw new IOException(document + " has " + found.size() + " blocks with '" + text + "', not one");
        }
        return found.getFirst();
    }

    /// A package in the tree of packages.
    ///
    /// @param line where it stands, counted from the top
    record Place(int line, String purpose) {
    }

    /// The tree of packages, by their names in full.
    SortedMap<String, Place> packages() throws IOException {
        SortedMap<String, Place> packages = new TreeMap<>();
        List<String> lines = blockWith("internal.engine ");
        for (int i = 0; i < lines.size(); i++) {
            for (MatchResult found : PACKAGE.matcher(lines.get(i)).results().toList()) {
                String name = found.group(1).startsWith("internal.") ? Core.PUBLIC + "." + found.group(1)
                        : found.group(1);
                if (packages.put(name, new Place(i, found.group(2))) != null) {
                    throw new IOException(document + " shows " + name + " twice");
                }
            }
        }
        return packages;
    }
}
