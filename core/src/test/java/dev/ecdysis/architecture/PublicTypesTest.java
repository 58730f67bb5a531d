package dev.ecdysis.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is exported names nothing that is not. javac's own lint `exports` is off: it also asks for a transitive
/// requirement of the annotations for null.
class PublicTypesTest {
    @Test
    void noInternalTypeIsInASignature() {
        List<String> found = new ArrayList<>();
        for (JavaClass type : Core.CLASSES) {
            if (!Core.isInternal(type) && isVisible(type)) {
                signature(type).flatMap(part -> part.getAllInvolvedRawTypes().stream()).filter(Core::isInternal)
                        .forEach(part -> found.add(type.getName() + " names " + part.getName()));
            }
        }
        assertThat(found).isEmpty();
    }

    /// Whether users can name it: it and all around it are public.
    private static boolean isVisible(JavaClass type) {
        return isVisible(type.getModifiers()) && type.getEnclosingClass().map(PublicTypesTest::isVisible).orElse(true);
    }

    private static boolean isVisible(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static Stream<JavaType> signature(JavaClass type) {
        Stream<JavaType> supertypes = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        Stream<JavaType> members = type.getMembers().stream().filter(member -> isVisible(member.getModifiers()))
                .flatMap(PublicTypesTest::signature);
        return Stream.concat(supertypes, members);
    }

    private static Stream<JavaType> signature(JavaMember member) {
        return switch (member) {
            case JavaField field -> Stream.of(field.getType());
            case JavaCodeUnit method ->
                Stream.of(method.getParameterTypes().stream(), method.getExceptionTypes().stream(),
                        Stream.of(method.getReturnType())).flatMap(parts -> parts);
            default -> throw new IllegalArgumentException(member.toString());
        };
    }
}
