package dev.ecdysis.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.ecdysis.Phase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.time.Duration;
import java.util.Calendar;
import java.util.Date;
import java.util.Random;
import java.util.Scanner;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What decides and what encodes is told everything and does nothing: it neither reads nor writes, has no clock, and
/// knows no threads. Hence the simulator can play an upgrade a thousand times a second, and replay it.
class PureTest {
    static final Set<String> PURE = Set.of(Core.INTERNAL + "handover", Core.INTERNAL + "wire");
    private static final Set<String> PACKAGES = Set.of("java.lang", "java.lang.invoke", "java.lang.runtime",
            "java.nio.charset", "java.util", "java.util.function", "java.util.stream", "org.jspecify.annotations");
    /// Of packages of which most is none of their business.
    private static final Set<String> VALUES = names(ByteBuffer.class, CharBuffer.class, Duration.class,
            IOException.class, Phase.class);
    /// Of packages of which most is harmless.
    private static final Set<String> DOORS = names(IO.class, InheritableThreadLocal.class, Process.class,
            ProcessBuilder.class, ProcessHandle.class, Runtime.class, ScopedValue.class, System.class, Thread.class,
            ThreadGroup.class, ThreadLocal.class, Calendar.class, Date.class, Random.class, Scanner.class, Timer.class,
            TimerTask.class, UUID.class);

    @Test
    void decisionsAndFramesHaveNoDoorToTheWorld() {
        classes().that().resideInAnyPackage(PURE.toArray(String[]::new)).should()
                .onlyDependOnClassesThat(describe("are values", PureTest::isValue)).check(Core.CLASSES);
    }

    private static boolean isValue(JavaClass type) {
        JavaClass component = type.getBaseComponentType();
        String name = component.getName().split("\\$", 2)[0];
        return component.isPrimitive() || PURE.contains(component.getPackageName()) || VALUES.contains(name)
                || (PACKAGES.contains(component.getPackageName()) && !DOORS.contains(name));
    }

    private static Set<String> names(Class<?>... types) {
        return Set.copyOf(Stream.of(types).map(Class::getName).toList());
    }
}
