package dev.ecdysis.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the README tells to run is what continuous integration runs, and what there is to run.
class CommandsTest {
    private static final Pattern TEST_COMMAND = Pattern.compile("^\\| `([^`]+)` \\| [^|]*runs all tests \\|$",
            Pattern.MULTILINE);

    @Test
    void continuousIntegrationRunsTheTestCommandOfTheReadme() throws IOException {
        Matcher command = TEST_COMMAND.matcher(Files.readString(Repository.ROOT.resolve("README.md")));
        assertThat(command.find()).as("README.md names the command that runs all tests").isTrue();

        Path script = Repository.ROOT.resolve(".ci/run");
        assertThat(script).isExecutable();
        List<String> commands = Files.readAllLines(script).stream().map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .filter(line -> !line.startsWith("set ") && !line.startsWith("cd ")).toList();
        assertThat(commands).containsExactly(command.group(1));
    }

    @Test
    void noOtherJarIsTakenForTheExamples() throws IOException {
        Path jar = Path.of(System.getProperty("ecdysis.examples.jar"));
        assertThat(jar).isEqualTo(Repository.ROOT.resolve("examples/target/ecdysis-examples.jar"));
        try (Stream<Path> built = Files.list(jar.getParent())) {
            assertThat(built.filter(path -> path.getFileName().toString().startsWith("ecdysis-examples")))
                    .containsExactly(jar);
        }
    }
}
