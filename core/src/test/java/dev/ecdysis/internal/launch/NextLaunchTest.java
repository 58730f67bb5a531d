package dev.ecdysis.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.wire.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Which command wins, and which is kept for the generations that follow.
class NextLaunchTest {
    private static final List<String> NONE = List.of();
    private static final List<String> FIRST = List.of("java", "-jar", "a.jar");
    private static final List<String> APPLICATION = List.of("java", "-jar", "b.jar");
    private static final List<String> OPERATOR = List.of("/opt/java", "", "c.jar");

    private static LaunchDescription description(String... environment) {
        return LaunchDescription.of(new Message.LaunchDescription(bytes(FIRST.stream()), bytes(Stream.of(environment)),
                "/srv".getBytes(StandardCharsets.UTF_8)));
    }

    private static List<byte[]> bytes(Stream<String> texts) {
        return texts.map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    }

    private static void assertStarts(NextLaunch next, List<String> started, List<String> handedOn) {
        assertThat(next.started().words()).isEqualTo(started);
        assertThat(next.handedOn().words()).isEqualTo(handedOn);
    }

    @Test
    void theDescriptionWhenNobodySaysOtherwise() {
        assertStarts(NextLaunch.of(description(), NONE, NONE), FIRST, FIRST);
        assertStarts(NextLaunch.of(description("ECDYSIS_LAUNCH_SCRIPT="), NONE, NONE), FIRST, FIRST);
    }

    @Test
    void theApplicationsCommandForItsOwnGenerationOnly() {
        assertStarts(NextLaunch.of(description("ECDYSIS_LAUNCH_SCRIPT=run"), APPLICATION, NONE), APPLICATION, FIRST);
    }

    @Test
    void theOperatorsCommandBeforeAllOthersAndForGood() {
        LaunchDescription description = description("ECDYSIS_LAUNCH_SCRIPT=run", "A=b");
        NextLaunch next = NextLaunch.of(description, APPLICATION, OPERATOR);
        assertStarts(next, OPERATOR, OPERATOR);
        assertThat(next.script()).isEmpty();
        assertThat(next.handedOn().variable("ECDYSIS_LAUNCH_SCRIPT")).hasValue("run");
        assertThat(next.handedOn().variable("A")).hasValue("b");
        assertThat(next.handedOn().directory()).isEqualTo(description.directory());
    }
}
