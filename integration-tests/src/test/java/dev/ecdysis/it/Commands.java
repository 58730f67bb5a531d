package dev.ecdysis.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Runs commands as a shell would, in a folder of the test's own, and ends them and all that they started, however
/// the test ended.
final class Commands implements BeforeEachCallback, AfterEachCallback {
    /// What the machine's own settings would change.
    private static final List<String> SETTINGS = List.of("ECDYSIS_CONTROL", "ECDYSIS_JAVA_HOME", "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS");

    private Workplace workplace;
    private int started;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        workplace = Workplace.create();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        workplace.close();
    }

    /// Where they run.
    Path folder() {
        return workplace.folder();
    }

    /// Those that run, and what they started.
    List<Long> processes() throws IOException {
        return workplace.processes();
    }

    /// @param environment what is added to this process's own
    Command start(Map<String, String> environment, List<String> command) throws IOException {
        Path streams = Files.createDirectories(folder().resolve("streams"));
        Path out = streams.resolve(started + ".out");
        Path err = streams.resolve(started + ".err");
        started++;
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder().toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeAll(SETTINGS);
        builder.environment().putAll(environment);
        workplace.mark(builder.environment());
        return new Command(builder.start(), out, err);
    }

    /// The command line, from the jar that the launcher runs.
    Command ecdysis(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Launch.JAVA));
        command.addAll(Launch.LIGHT);
        command.addAll(Launch.jar("ecdysis.demo.jar"));
        command.addAll(List.of(arguments));
        return start(Map.of(), command);
    }
}
