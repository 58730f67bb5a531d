package dev.ecdysis.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import dev.ecdysis.Ecdysis;
import dev.ecdysis.internal.engine.EngineBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Which package of core knows what.
class PackagesTest {
    private static final Path DOCUMENT = Path.of("..", "ARCHITECTURE.md");
    private static final Pattern COMMENT = Pattern.compile("//.*");
    private static final Pattern CLASS = Pattern.compile("\\b[a-z]+(?:\\.[A-Z]\\w+)+");
    private static final Pattern POSTED = Pattern.compile("\\b([EF]) ([A-Z]\\w+)");

    @Test
    void arrowsAreThoseInTheDocument() throws IOException {
        assertThat(Arrows.documented(DOCUMENT)).as("the arrows listed in %s", DOCUMENT)
                .hasToString(Arrows.ofCode().toString());
    }

    /// The one way from what is exported into the library is the one arrow that closes circles, and a test below keeps
    /// it at that.
    @Test
    void noPackagesUseEachOtherInACircle() throws IOException {
        assertThat(Arrows.ofCode().without("ecdysis", "engine").circles()).isEmpty();
    }

    @Test
    void thePictureShowsEveryPackage() throws IOException {
        TreeSet<String> inCode = new TreeSet<>();
        Core.CLASSES.forEach(type -> inCode.add(type.getPackageName()));
        assertThat(Pictures.of(DOCUMENT).packages().keySet()).isEqualTo(inCode);
    }

    @Test
    void inThePictureArrowsPointDown() throws IOException {
        Map<String, Pictures.Place> places = Pictures.of(DOCUMENT).packages();
        Arrows arrows = Arrows.ofCode();
        for (String source : arrows.sources()) {
            Pictures.Place from = places.get(Core.INTERNAL + source);
            for (String target : arrows.targets(source)) {
                Pictures.Place to = places.get(Core.INTERNAL + target);
                if (from != null && to != null) {
                    assertThat(from.line()).as("line of %s, which uses %s", source, target).isLessThan(to.line());
                }
            }
        }
    }

    @Test
    void thePictureSaysWhichArePure() throws IOException {
        TreeSet<String> pure = new TreeSet<>();
        Pictures.of(DOCUMENT).packages().forEach((name, place) -> {
            if (place.purpose().startsWith("PURE: ")) {
                pure.add(name);
            }
        });
        assertThat(pure).containsExactlyInAnyOrderElementsOf(PureTest.PURE);
    }

    /// Every class, event and effect on the two ways is there.
    @Test
    void theWaysThroughTheCodeAreThere() throws IOException {
        for (String way : List.of("process.Signals  ", "inheritance.InheritanceWriter  ")) {
            String text = String.join("\n", Pictures.of(DOCUMENT).blockWith(way));
            for (MatchResult found : CLASS.matcher(text).results().toList()) {
                assertIsThere(Core.INTERNAL + found.group());
            }
            for (MatchResult found : POSTED.matcher(text).results().toList()) {
                assertIsThere(Core.INTERNAL + "handover."
                        + (found.group(1).equals("E") ? "Event." : "Effect.") + found.group(2));
            }
        }
    }

    private static void assertIsThere(String name) {
        assertThat(Core.CLASSES.stream().map(type -> type.getFullName().replace('$', '.')))
                .as("the classes that %s names", DOCUMENT).contains(name);
    }

    @Test
    void onlyEngineKnowsItsInterfaces() {
        noClasses().that().resideInAPackage(Core.INTERNAL + ".").and().resideOutsideOfPackage(Core.INTERNAL + "engine")
                .should().dependOnClassesThat().areAssignableTo(Ecdysis.class)
                .orShould().dependOnClassesThat().areAssignableTo(Ecdysis.Builder.class).check(Core.CLASSES);
    }

    @Test
    void onlyTheBuilderMethodKnowsTheEngine() {
        String engine = Core.INTERNAL + "engine";
        List<Dependency> arrows = new ArrayList<>();
        for (JavaClass type : Core.CLASSES) {
            if (!type.getPackageName().equals(engine)) {
                type.getDirectDependenciesFromSelf().stream()
                        .filter(arrow -> arrow.getTargetClass().getPackageName().equals(engine)).forEach(arrows::add);
            }
        }
        assertThat(arrows).singleElement().satisfies(arrow -> {
            assertThat(arrow.getTargetClass().isEquivalentTo(EngineBuilder.class)).isTrue();
            assertThat(arrow.getDescription()).contains("Method <dev.ecdysis.Ecdysis.builder()>");
        });
    }

    @Test
    void onlyLibcUsesForeignMemory() throws IOException {
        noClasses().that().resideOutsideOfPackage(Core.INTERNAL + "libc").should().dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..").check(Core.CLASSES);
        assertOnlyIn("libc", "java.lang.foreign");
    }

    /// It does so in texts, for reflection.
    @Test
    void onlyNioNamesTheChannelsOfTheJdk() throws IOException {
        assertOnlyIn("nio", "sun.nio");
    }

    private static void assertOnlyIn(String packageName, String text) throws IOException {
        Path folder = Path.of("dev", "ecdysis", "internal", packageName);
        List<Path> found = new ArrayList<>();
        for (Path file : Core.sources()) {
            if (COMMENT.matcher(Files.readString(file)).replaceAll("").contains(text)) {
                found.add(file);
            }
        }
        assertThat(found).as("sources with " + text).isNotEmpty()
                .allSatisfy(file -> assertThat(file.getParent()).endsWith(folder));
    }
}
