package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// What a newcomer runs first: a server that is upgraded under load and loses nothing. Through the launcher, which
/// finds everything built.
@Tag("slow")
class DemoTest {
    @RegisterExtension
    final Commands commands = new Commands();

    @Test
    void losesNothing() throws Exception {
        JsonNode json = demo("--duration", "3s", "--rate", "100", "--upgrades", "1", "--no-contrast");
        assertThat(json.get("upgrades").intValue()).isEqualTo(1);
        assertThat(json.get("answered_by_generation").propertyNames()).contains("0", "1");
    }

    /// As a newcomer runs it, only shorter: what stopping and starting loses is what upgrades are for.
    @Test
    void showsWhatIsLostWithoutUpgrades() throws Exception {
        JsonNode json = demo("--duration", "3s", "--rate", "100", "--upgrades", "1");
        assertThat(json.get("upgrades").intValue()).isEqualTo(1);
        JsonNode contrast = json.get("contrast");
        assertThat(contrast.has("error")).as("the contrast: %s", contrast).isFalse();
        assertThat(contrast.get("upgrades").intValue()).as("stops and starts").isEqualTo(1);
        assertThat(contrast.get("answered").longValue()).isPositive();
        assertThat(contrast.get("failed").longValue()).isPositive();
        assertThat(contrast.get("failed_by_kind").get("refused").longValue()).isPositive();
        assertThat(contrast.get("answered_by_generation").propertyNames()).containsExactly("0");
    }

    @Test
    void losesNothingToABadBuild() throws Exception {
        JsonNode json = demo("--bad-build", "--duration", "3s", "--rate", "100", "--upgrades", "2");
        assertThat(json.get("bad_builds_turned_away").intValue()).isEqualTo(1);
        assertThat(json.get("upgrades").intValue()).isEqualTo(1);
    }

    private JsonNode demo(String... options) throws Exception {
        Path temporary = Files.createDirectory(commands.folder().resolve("temporary"));
        Path report = commands.folder().resolve("report.html");
        List<String> arguments = new ArrayList<>(List.of("demo", "--json", "--report", report.toString()));
        arguments.addAll(List.of(options));
        Launcher launcher = Launcher.ofThisBuild(commands);
        Command.Ended ended = launcher
                .start(Map.of("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary), arguments).end(0);
        launcher.assertHasNotBuilt();
        JsonNode json = ended.json();
        assertThat(json.get("requests").isNumber()).isTrue();
        assertThat(json.get("requests").longValue()).isPositive();
        assertThat(json.get("failed").isNumber()).isTrue();
        assertThat(json.get("failed").longValue()).as("failed requests; stderr: %s", ended.err()).isZero();
        assertThat(Files.readString(report)).contains("<html");
        assertThat(commands.processes()).as("processes that are left").isEmpty();
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files.toList()).as("files that are left").isEmpty();
        }
        return json;
    }
}
