package dev.ecdysis.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a process says of how it was started, in a process of its own.
class LaunchDescriptionTest {
    @TempDir
    Path folder;

    /// Prints its arguments, the working directory, and the environment of a successor.
    public static void main(String[] arguments) throws IOException {
        LaunchDescription launch = LaunchDescription.of(LaunchDescription.ofThisProcess().toWire());
        launch.words().forEach(word -> System.out.println("word " + word));
        System.out.println("directory " + launch.directoryPath());
        for (byte[] entry : launch.environmentWith(new HandoverVariable(3, 4, 5))) {
            System.out.println("entry " + new String(entry, StandardCharsets.UTF_8));
        }
    }

    private List<String> run(Path directory, Map<String, String> environment, String... arguments) throws Exception {
        String classPath = System.getProperty("java.class.path");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-cp",
                classPath,
                LaunchDescriptionTest.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
                .toList();
        assertThat(process.waitFor()).as(lines.toString()).isZero();
        return lines;
    }

    @Test
    void emptyArgumentsAreKeptAlsoAtTheEnd() throws Exception {
        List<String> words = run(folder, Map.of(), "", "two words", "", "").stream()
                .filter(line -> line.startsWith("word ")).toList();
        assertThat(words).endsWith("word " + LaunchDescriptionTest.class.getName(), "word ", "word two words", "word ",
                "word ");
    }

    @Test
    void theSymlinksWalkedThroughAreKept() throws Exception {
        Path release = Files.createDirectory(folder.resolve("release-1"));
        Path current = Files.createSymbolicLink(folder.resolve("current"), release);
        assertThat(run(release, Map.of("PWD", current.toString()))).contains("directory " + current,
                "entry PWD=" + current);
        // Another folder, a relative one or one that is gone is not believed.
        for (String wrong : new String[] {folder.toString(), "current", folder.resolve("gone").toString()}) {
            assertThat(run(release, Map.of("PWD", wrong))).contains("directory " + release.toRealPath());
        }
    }

    @Test
    void theEnvironmentDoesNotGrow() throws Exception {
        List<String> lines = run(folder, Map.of(HandoverVariable.NAME, "v1:9:9:9", "KEPT", "a=b"));
        assertThat(lines).contains("entry KEPT=a=b", "entry " + HandoverVariable.NAME + "=v1:3:4:5");
        assertThat(lines).filteredOn(line -> line.startsWith("entry " + HandoverVariable.NAME)).hasSize(1);
        assertThat(lines).filteredOn(line -> line.startsWith("entry PWD=")).hasSize(1);
    }

    @Test
    void socketActivationIsNotHandedOnButNotificationIs() throws Exception {
        List<String> lines = run(folder, Map.of("LISTEN_PID", "1", "LISTEN_PIDFDID", "2", "LISTEN_FDS", "1",
                "LISTEN_FDNAMES", "http", "LISTEN_PORT", "80", "NOTIFY_SOCKET", "/run/notify"));
        assertThat(lines).filteredOn(line -> line.startsWith("entry LISTEN_")).containsExactly("entry LISTEN_PORT=80");
        assertThat(lines).contains("entry NOTIFY_SOCKET=/run/notify");
    }
}
