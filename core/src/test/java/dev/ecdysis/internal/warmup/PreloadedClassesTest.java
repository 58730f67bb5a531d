package dev.ecdysis.internal.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PreloadedClassesTest {
    static Stream<String> classes() {
        return PreloadedClasses.CLASSES.stream();
    }

    static Stream<String> sealedOnes() {
        return PreloadedClasses.SEALED.stream();
    }

    /// A class that was renamed or moved would be loaded while connections wait, and nobody would notice.
    @ParameterizedTest
    @MethodSource("classes")
    void isThere(String name) throws Exception {
        assertThat(PreloadedClasses.load(name)).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("sealedOnes")
    void permitsSome(String name) throws Exception {
        assertThat(PreloadedClasses.load(name).getPermittedSubclasses()).isNotEmpty();
    }
}
