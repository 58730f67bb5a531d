package dev.ecdysis.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What every file of this project has or has not. Patterns that this file itself must not match are written in parts.
class FilesTest {
    private static final Pattern UNFINISHED = Pattern.compile("\\b(?:TO" + "DO|FIX" + "ME|X" + "XX)\\b");
    /// Folders of the machines that this is written on.
    private static final Pattern MACHINE = Pattern.compile("/(?:wo" + "rk|ro" + "ot|tmp/m" + "b)/");
    /// Where artifacts come from is the business of who builds.
    private static final Pattern REGISTRY = Pattern.compile("<(?:repository|pluginRepository|mirror)>"
            + "|https?://[^/\\s]*(?:artifactory|nexus|registry|mirror|proxy)"
            + "|https?://(?:10|192\\.168|172\\.(?:1[6-9]|2\\d|3[01]))\\.\\d");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)[^)]*\\)");
    private static final Pattern OTHER_SITE = Pattern.compile("^(?:https?|mailto):.*");
    private static final Pattern INTERNAL = Pattern.compile("dev\\.ecdysis\\.internal\\b");
    private static final Pattern PACKAGE = Pattern.compile("^package (.*);", Pattern.MULTILINE);
    private static final Set<String> USERS_OF_CORE = Set.of("cli", "demo", "examples");

    @Test
    void nothingIsLeftForLater() throws IOException {
        assertNone(UNFINISHED.asPredicate());
    }

    @Test
    void tabsAreNotUsed() throws IOException {
        assertNone(line -> line.indexOf('\t') >= 0);
    }

    @Test
    void noMachineIsMentioned() throws IOException {
        assertNone(MACHINE.asPredicate());
    }

    @Test
    void noRegistryIsMentioned() throws IOException {
        assertNone(REGISTRY.asPredicate());
    }

    private static void assertNone(Predicate<String> wrong) throws IOException {
        List<String> found = new ArrayList<>();
        Repository.texts().forEach((path, text) -> {
            int number = 0;
            for (String line : text.lines().toList()) {
                number++;
                if (wrong.test(line)) {
                    found.add(path + ":" + number + ": " + line.strip());
                }
            }
        });
        assertThat(found).isEmpty();
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        for (var document : Repository.texts(".md").entrySet()) {
            Path folder = Repository.ROOT.resolve(document.getKey()).getParent();
            Matcher link = LINK.matcher(document.getValue());
            while (link.find()) {
                String target = link.group(1);
                if (!OTHER_SITE.matcher(target).matches() && !Files.exists(folder.resolve(target))) {
                    dead.add(document.getKey() + " links to " + target);
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    @Test
    void packagesSayWhatTheyAreAndAreNullMarked() throws IOException {
        Set<String> packages = new TreeSet<>();
        Set<String> described = new TreeSet<>();
        Repository.texts(".java").forEach((path, text) -> {
            Matcher declaration = PACKAGE.matcher(text);
            if (declaration.find()) {
                packages.add(declaration.group(1));
                if (path.endsWith("package-info.java") && text.contains("@NullMarked") && text.startsWith("/// ")) {
                    described.add(declaration.group(1));
                }
            }
        });
        assertThat(described).isEqualTo(packages);
    }

    @Test
    void otherModulesUseWhatIsExported() throws IOException {
        List<Path> found = new ArrayList<>();
        Repository.texts(".java").forEach((path, text) -> {
            if (USERS_OF_CORE.contains(path.getName(0).toString()) && INTERNAL.matcher(text).find()) {
                found.add(path);
            }
        });
        assertThat(found).isEmpty();
    }

    @Test
    void readmeShowsTheExampleThatIsBuilt() throws IOException {
        SortedMap<Path, String> sources = Repository.texts("TenLines.java");
        assertThat(sources).hasSize(1);
        assertThat(readmeServer()).containsSequence(mainOf(sources.sequencedValues().getFirst()));
    }

    private static List<String> readmeServer() throws IOException {
        Matcher block = Pattern.compile("^```java$(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(Repository.ROOT.resolve("README.md")));
        return block.results().map(found -> found.group(1)).filter(code -> code.contains("Ecdysis.builder()"))
                .map(FilesTest::lines).findFirst().orElseThrow(() -> new AssertionError("README.md shows no server"));
    }

    /// The lines in `main`, without the two braces that end it and its class.
    private static List<String> mainOf(String source) {
        List<String> body = lines(source.substring(source.indexOf('{', source.indexOf(" main(")) + 1));
        return body.subList(0, body.size() - 2);
    }

    private static List<String> lines(String code) {
        return code.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }
}
