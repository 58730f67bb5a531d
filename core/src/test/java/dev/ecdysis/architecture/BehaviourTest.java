package dev.ecdysis.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// What a library does not do.
class BehaviourTest {
    /// Who sleeps, and why no condition can be awaited instead.
    private static final Map<String, String> MAY_SLEEP = Map.of(
            "dev.ecdysis.internal.preflight.Preflight", "whether a jar still changes shows only after a while",
            "dev.ecdysis.internal.resources.PidFileKeeper", "nobody says when a disk has room again",
            "dev.ecdysis.client.ControlLink", "nobody says when a full accept queue has room again",
            "dev.ecdysis.internal.drain.UncountedConnections", "the kernel does not say when a connection ends",
            "dev.ecdysis.internal.loop.EventLoop", "the eventfd that wakes it could not be written to",
            "dev.ecdysis.internal.registry.UnixSockets", "nobody says when another comes from bind(2) to listen(2)",
            "dev.ecdysis.internal.thread.Survival", "nobody says when there is memory again",
            "dev.ecdysis.internal.warmup.LibraryClasses", "others need the processor more");

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
                .filter(BehaviourTest::isSleep).forEach(call -> sleeping.add(type.getName())));
        assertThat(sleeping).containsExactlyInAnyOrderElementsOf(MAY_SLEEP.keySet());
    }

    private static boolean isSleep(JavaMethodCall call) {
        return call.getTargetOwner().isEquivalentTo(Thread.class) ? call.getName().equals("sleep")
                : call.getTargetOwner().isEquivalentTo(LockSupport.class) && call.getName().startsWith("park");
    }

    /// A wait for nothing in particular is a sleep.
    @Test
    void nobodyWaitsForNoDescriptors() throws IOException {
        for (Path source : Core.sources()) {
            assertThat(Files.readString(source)).as(source.toString()).doesNotContain("poll(List.of(),");
        }
    }
}
