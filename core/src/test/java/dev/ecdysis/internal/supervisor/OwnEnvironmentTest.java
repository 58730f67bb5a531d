package dev.ecdysis.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The supervisor's JVM takes nothing that is meant for the server's, and gives it nothing of its own.
class OwnEnvironmentTest {
    private static List<byte[]> bytes(String... entries) {
        return List.of(entries).stream().map(entry -> entry.getBytes(StandardCharsets.ISO_8859_1)).toList();
    }

    private static List<String> text(List<byte[]> entries) {
        return entries.stream().map(entry -> new String(entry, StandardCharsets.ISO_8859_1)).toList();
    }

    @Test
    void optionsOfTheServersJvmAreSetAside() {
        assertThat(text(OwnEnvironment.aside(bytes("JAVA_TOOL_OPTIONS=-Xmx2g", "A=\u00e4", "JDK_JAVA_OPTIONS=-ea"))))
                .containsExactly("ECDYSIS_RUN_KEPT_JAVA_TOOL_OPTIONS=-Xmx2g", "A=\u00e4",
                        "ECDYSIS_RUN_KEPT_JDK_JAVA_OPTIONS=-ea", "_JAVA_SR_SIGNUM=64");
    }

    @Test
    void andComeBackUnchanged() {
        List<byte[]> own = OwnEnvironment.aside(bytes("JAVA_TOOL_OPTIONS=-Da=b=c", "_JAVA_SR_SIGNUM=40", "B=",
                "NOTIFY_SOCKET=/run/other", "no equals sign"));
        assertThat(text(OwnEnvironment.restored(own, List.of("NOTIFY_SOCKET=@x"))))
                .containsExactly("JAVA_TOOL_OPTIONS=-Da=b=c", "_JAVA_SR_SIGNUM=40", "B=", "no equals sign",
                        "NOTIFY_SOCKET=@x");
        assertThat(text(OwnEnvironment.restored(OwnEnvironment.aside(bytes("A=b")), List.of()))).containsExactly("A=b");
    }
}
