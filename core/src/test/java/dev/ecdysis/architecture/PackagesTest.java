package dev.ecdysis.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
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
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Which package of core knows what.
class PackagesTest {
    private static final Path DOCUMENT = Path.of("..", "ARCHITECTURE.md");
    private static final Pattern COMMENT = Pattern.compile("//.*");

    @Test
    void arrowsAreThoseInTheDocument() throws IOException {
        assertThat(Arrows.documented(DOCUMENT)).as("the arrows listed in %s", DOCUMENT)
                .hasToString(Arrows.ofCode().toString());
    }

    @Test
    void internalPackagesHaveNoCycles() {
        slices().matching(Core.INTERNAL + "(*)..").should().beFreeOfCycles().check(Core.CLASSES);
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
    void onlyPosixUsesForeignMemory() throws IOException {
        noClasses().that().resideOutsideOfPackage(Core.INTERNAL + "posix").should().dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..").check(Core.CLASSES);
        assertOnlyIn("posix", "java.lang.foreign");
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
