package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The launcher script with another `mvn` before the real one on its PATH: no test may start a build.
final class Launcher {
    /// What an `mvn` does that makes the jars.
    static final String MAKE_JARS = """
            mkdir -p demo/target examples/target
            cp '%s' demo/target/
            touch demo/target/ecdysis-demo.jar examples/target/ecdysis-examples.jar"""
            .formatted(System.getProperty("ecdysis.demo.jar"));

    private final Commands commands;
    private final Path script;
    private final Path bin;
    private final Path calls;
    private String searchPath;

    /// @param maven what the other `mvn` does, as shell commands
    private Launcher(Commands commands, Path script, String maven) throws IOException {
        this.commands = commands;
        this.script = script;
        this.bin = Files.createDirectory(commands.folder().resolve("bin"));
        this.searchPath = bin + ":" + System.getenv("PATH");
        this.calls = commands.folder().resolve("maven-calls");
        writeProgram(bin.resolve("mvn"), "echo \"$*\" >>'" + calls + "'\n" + maven);
    }

    /// Where it is in this project; a build fails.
    static Launcher ofThisBuild(Commands commands) throws IOException {
        return new Launcher(commands, ofProject(),
                "echo 'this test must not build'; exit 1");
    }

    /// A copy in a project that has sources and is not built.
    static Launcher ofNewCheckout(Commands commands, String maven) throws IOException {
        Path home = Files.createDirectory(commands.folder().resolve("checkout"));
        Files.createFile(home.resolve("pom.xml"));
        for (String module : List.of("core", "cli", "demo", "examples")) {
            Path sources = Files.createDirectories(home.resolve(module).resolve("src/main"));
            Files.createFile(sources.resolve("Source.java"));
            Files.createFile(home.resolve(module).resolve("pom.xml"));
        }
        Path script = home.resolve("ecdysis");
        Files.copy(ofProject(), script);
        return new Launcher(commands, script, maven);
    }

    private static Path ofProject() {
        return Path.of(System.getProperty("ecdysis.home"), "ecdysis");
    }

    static void writeProgram(Path file, String shell) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + shell + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Path script() {
        return script;
    }

    /// Programs here come before all others.
    Path bin() {
        return bin;
    }

    Command start(Map<String, String> environment, List<String> arguments) throws IOException {
        return start(script, environment, arguments);
    }

    /// @param path the script, or a symbolic link to it
    Command start(Path path, Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(path.toString()));
        command.addAll(arguments);
        Map<String, String> all = new TreeMap<>(environment);
        all.put("PATH", searchPath);
        return commands.start(all, command);
    }

    void assertHasNotBuilt() {
        assertThat(calls).doesNotExist();
    }

    /// What `mvn` was called with, each time.
    List<String> builds() throws IOException {
        return Files.readAllLines(calls);
    }

    /// From now on nothing can be found but the other `mvn` and these programs of the machine.
    Launcher onlyWith(List<String> programs) throws IOException {
        for (String program : programs) {
            Path found = Stream.of(System.getenv("PATH").split(":", -1)).map(folder -> Path.of(folder, program))
                    .filter(Files::isExecutable).findFirst()
                    .orElseThrow(() -> new AssertionError("there is no " + program));
            Files.createSymbolicLink(bin.resolve(program), found);
        }
        searchPath = bin.toString();
        return this;
    }

    /// From now on there is no `mvn`.
    Launcher withoutMaven() throws IOException {
        Files.delete(bin.resolve("mvn"));
        return this;
    }

    /// From now on the script looks for a JDK below this folder rather than in the machine's usual ones.
    Launcher lookingForJdksBelow(Path folder) throws IOException {
        String text = Files.readString(script);
        String changed = text.replaceAll("(?<= )/(?=(?:usr|opt)/[^\\s;]*\\*)", folder + "/");
        assertThat(changed).isNotEqualTo(text).doesNotContain(" /usr/lib/jvm", " /opt/");
        Files.writeString(script, changed);
        return this;
    }
}
