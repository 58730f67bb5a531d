package dev.ecdysis.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.ResourceBundle;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What a library does not do.
class BehaviourTest {
    /// Who sleeps, and why no condition can be awaited instead.
    private static final Map<String, String> MAY_SLEEP = Map.of(
            "dev.ecdysis.internal.preflight.Preflight", "whether a jar still changes shows only after a while",
            "dev.ecdysis.internal.resources.PidFileKeeper", "nobody says when a disk has room again");

    /// A program of its own, in a process of its own.
    private static final String SUPERVISOR = Core.INTERNAL + "supervisor";

    @Test
    void theProcessIsNotOursToEnd() {
        noClasses().that().resideOutsideOfPackage(SUPERVISOR).should().callMethod(System.class, "exit", int.class)
                .orShould().callMethod(Runtime.class, "exit", int.class)
                .orShould().callMethod(Runtime.class, "halt", int.class).check(Core.CLASSES);
    }

    @Test
    void standardStreamsAreNotOurs() {
        noClasses().that().resideOutsideOfPackage(SUPERVISOR).should(ACCESS_STANDARD_STREAMS).check(Core.CLASSES);
    }

    /// A thread that must not wait could wait for whoever reads the log.
    @Test
    void theLogIsWrittenByAThreadOfItsOwn() {
        noClasses().that().resideOutsideOfPackage(Core.INTERNAL + "log").should()
                .callMethod(System.class, "getLogger", String.class)
                .orShould().callMethod(System.class, "getLogger", String.class, ResourceBundle.class)
                .orShould().dependOnClassesThat().resideInAPackage("java.util.logging").check(Core.CLASSES);
    }

    @Test
    void nobodySleepsWithoutAReason() {
        TreeSet<String> sleeping = new TreeSet<>();
        Core.CLASSES.forEach(type -> type.getMethodCallsFromSelf().stream()
                .filter(call -> call.getTargetOwner().isEquivalentTo(Thread.class) && call.getName().equals("sleep"))
                .forEach(call -> sleeping.add(type.getName())));
        assertThat(sleeping).containsExactlyInAnyOrderElementsOf(MAY_SLEEP.keySet());
    }
}
