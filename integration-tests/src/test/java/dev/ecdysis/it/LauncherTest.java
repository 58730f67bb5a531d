package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The script that runs the command line from a checkout works wherever it is called from, with whatever `java` is the
/// default, and builds once.
@Tag("slow")
class LauncherTest {
    /// What the script needs, without flock and Maven.
    private static final List<String> TOOLS = List.of("bash", "cp", "dirname", "find", "mkdir", "readlink", "sh",
            "sleep", "tail", "touch");
    private static final List<String> VERSION = List.of("--version");
    private static final String ANSWER = "^ecdysis \\S+, Java 25[.+].*\\R$";
    private static final int NOT_INSTALLED = 69;
    private static final int BUILD_FAILED = 70;

    @RegisterExtension
    final Commands commands = new Commands();

    @Test
    void runsFromAnywhereWithAnOlderJavaAsTheDefault() throws Exception {
        Launcher launcher = Launcher.ofThisBuild(commands);
        Path link = Files.createSymbolicLink(commands.folder().resolve("linked"), launcher.script());
        Path java17 = java17();
        Files.createSymbolicLink(launcher.bin().resolve("java"), java17.resolve("bin/java"));
        // For machines where the JDK of this build is in none of the usual folders.
        Path home = Files.createDirectory(commands.folder().resolve("home"));
        Files.createSymbolicLink(Files.createDirectory(home.resolve(".jdks")).resolve("25"),
                Path.of(System.getProperty("java.home")));

        Command.Ended ended = launcher
                .start(link, Map.of("JAVA_HOME", java17.toString(), "HOME", home.toString()), VERSION).end(0);

        assertThat(ended.out()).matches(ANSWER);
        assertThat(ended.err()).isEmpty();
        launcher.assertHasNotBuilt();
    }

    /// One that is only looked at: the build need not have a real one.
    private Path java17() throws Exception {
        Path home = commands.folder().resolve("java-17");
        Path bin = Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.12\"\n");
        for (String program : List.of("java", "javac")) {
            Launcher.writeProgram(bin.resolve(program), "echo 'openjdk version \"17.0.12\"' >&2; exit 17");
        }
        return home;
    }

    @Test
    void saysHowToGetAJdkWhenTheOneThatWasNamedWillNotDo() throws Exception {
        Path java17 = java17();
        Command.Ended ended = Launcher.ofThisBuild(commands)
                .start(Map.of("ECDYSIS_JAVA_HOME", java17.toString()), VERSION).end(NOT_INSTALLED);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("ECDYSIS_JAVA_HOME is " + java17, "not a JDK 25", "adoptium.net",
                "ECDYSIS_JAVA_HOME=");
        assertThat(ended.err().lines()).hasSizeLessThan(5);
    }

    @Test
    void buildsOnceWhenLaunchedTwiceAtOnce() throws Exception {
        Path gate = Files.createFile(commands.folder().resolve("gate"));
        Launcher launcher = Launcher.ofNewCheckout(commands, "while [ -e '" + gate + "' ]; do sleep 0.02; done\n"
                + Launcher.MAKE_JARS);
        Command first = launcher.start(Map.of(), VERSION);
        first.err().await(0, "^ecdysis: building for the first time");
        Command second = launcher.start(Map.of(), VERSION);
        second.err().await(0, "^ecdysis: waiting for another build to end");
        Files.delete(gate);
        assertThat(first.end(0).out()).matches(ANSWER);
        assertThat(second.end(0).out()).matches(ANSWER);
        assertThat(launcher.builds()).hasSize(1);
    }

    @Test
    void buildsWhatItRunsAndTestsNothing() throws Exception {
        Launcher launcher = Launcher.ofNewCheckout(commands, Launcher.MAKE_JARS);
        assertThat(launcher.start(Map.of(), VERSION).end(0).out()).matches(ANSWER);
        assertThat(launcher.builds()).singleElement(as(STRING)).contains(" package ", " -Dmaven.test.skip=true ",
                " -pl demo,examples -am").doesNotContain("clean", "install", "verify", "bench", "integration-tests");
    }

    /// @param change what happens to the sources, as shell commands in the checkout
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"touch core/src/main/Source.java | core/src/main/Source.java",
        "mv cli/src/main/Source.java cli/src/main/Renamed.java | cli/src/main",
        "rm demo/src/main/Source.java | demo/src/main", "mkdir examples/src/main/more | examples/src/main",
        "touch pom.xml | pom.xml"})
    void buildsAgainWhenTheSourcesAreNotThoseOfTheJars(String change, String named) throws Exception {
        Launcher launcher = Launcher.ofNewCheckout(commands, Launcher.MAKE_JARS);
        launcher.start(Map.of(), VERSION).end(0);
        assertThat(launcher.start(Map.of(), VERSION).end(0).err()).isEmpty();
        assertThat(launcher.builds()).hasSize(1);

        commands.start(Map.of(), List.of("sh", "-c", "cd checkout; " + change)).end(0);

        assertThat(launcher.start(Map.of(), VERSION).end(0).err())
                .contains("building because " + named + " has changed");
        assertThat(launcher.builds()).hasSize(2);
    }

    @Test
    void buildsWithoutALockWhereThereIsNone() throws Exception {
        Launcher launcher = Launcher.ofNewCheckout(commands, Launcher.MAKE_JARS).onlyWith(TOOLS);
        Command.Ended ended = launcher.start(Map.of(), VERSION).end(0);
        assertThat(ended.out()).matches(ANSWER);
        assertThat(ended.err().lines().filter(line -> line.contains("without a lock"))).hasSize(1);
        assertThat(launcher.builds()).hasSize(1);
    }

    @Test
    void saysThatMavenIsMissing() throws Exception {
        Launcher launcher = Launcher.ofNewCheckout(commands, Launcher.MAKE_JARS).onlyWith(TOOLS).withoutMaven();
        Command.Ended ended = launcher.start(Map.of(), VERSION).end(NOT_INSTALLED);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("Maven is needed", "apt-get install maven");
        assertThat(ended.err().lines()).hasSize(1);
    }

    @Test
    void saysHowToGetAJdkWhenThereIsNone() throws Exception {
        Path java17 = java17();
        Launcher launcher = Launcher.ofNewCheckout(commands, Launcher.MAKE_JARS).onlyWith(TOOLS)
                .lookingForJdksBelow(Files.createDirectory(commands.folder().resolve("machine")));
        Files.createSymbolicLink(launcher.bin().resolve("java"), java17.resolve("bin/java"));
        Command.Ended ended = launcher
                .start(Map.of("JAVA_HOME", java17.toString(), "HOME", commands.folder().toString()), VERSION)
                .end(NOT_INSTALLED);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("no JDK 25 found", "adoptium.net", "ECDYSIS_JAVA_HOME=");
        assertThat(ended.err().lines()).hasSizeLessThan(5);
        launcher.assertHasNotBuilt();
    }

    @Test
    void showsWhyABuildFailed() throws Exception {
        Launcher launcher = Launcher.ofNewCheckout(commands, "echo 'cannot find symbol' >&2; exit 1");
        Command.Ended ended = launcher.start(Map.of(), VERSION).end(BUILD_FAILED);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("cannot find symbol", "the build failed", "ecdysis-build.log");
    }
}
