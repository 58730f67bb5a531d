package dev.ecdysis.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.libc.Undumpable;
import dev.ecdysis.internal.procfs.FileNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a process says of how it was started, in a process of its own.
class LaunchDescriptionTest {
    @TempDir
    Path folder;

    /// Prints its arguments, the working directory, and the environment of a successor.
    public static void main(String[] arguments) throws IOException {
        if (System.getProperty("undumpable") != null) {
            Undumpable.become();
        }
        LaunchDescription launch = LaunchDescription.of(LaunchDescription.ofThisProcess(LinuxPosix.open()).toWire());
        launch.words().forEach(word -> System.out.println("word " + word));
        System.out.println("program " + launch.program().map(FileNames::shown).orElse("typed"));
        System.out.println("found " + ProgramPath.find(launch).map(FileNames::shown).orElse("nowhere"));
        launch.flaw().ifPresent(flaw -> System.out.println("flaw " + flaw.line()));
        System.out.println("directory " + FileNames.shown(launch.directory()));
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
        return lines(command, directory, environment);
    }

    private static List<String> lines(List<String> command, Path directory, Map<String, String> environment)
            throws Exception {
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

    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /// Runs `main` by way of a shell.
    ///
    /// @param how what the shell does with `$@`, which begins with java
    private List<String> runBy(String how, String path, String... java) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", "-c", how, "bash"));
        command.addAll(List.of(java));
        command.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                LaunchDescriptionTest.class.getName()));
        return lines(command, folder, Map.of("PATH", path));
    }

    /// Whatever stands in place of the program's name: what runs is told, and never what else has that name.
    @Test
    void theFirstWordIsBelievedOnlyIfItLeadsToTheProgram() throws Exception {
        Path other = Files.createDirectory(folder.resolve("bin"));
        for (String name : new String[] {"orders", "-java", "java"}) {
            Files.writeString(other.resolve(name), "#!/bin/sh\n");
            Files.setPosixFilePermissions(other.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        String path = other + ":/usr/bin:/bin";
        String real = Path.of(JAVA).toRealPath().toString();
        for (String word : new String[] {"orders", "no-such-program", "-java", "java", "''", "./orders", "/bin/sh"}) {
            assertThat(runBy("exec -a " + word + " \"$@\"", path, real)).as(word).contains("program " + real,
                    "found " + real, "word " + word.replace("'", "")).noneMatch(line -> line.startsWith("flaw"));
        }
        // The name that was executed keeps the symlinks that were walked through.
        Path link = Files.createSymbolicLink(folder.resolve("jdk"), Path.of(JAVA).getParent());
        assertThat(runBy("exec -a orders \"$@\"", path, link + "/java")).contains("program " + link + "/java");
        assertThat(runBy("exec -a orders \"$@\"", path, "./jdk/java")).contains("found " + folder + "/jdk/java");
    }

    @Test
    void aFirstWordThatLeadsToTheProgramIsResolvedAnew() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("jdk"), Path.of(JAVA).getParent());
        for (String word : new String[] {"java", "jdk/java", link + "/java", JAVA}) {
            assertThat(runBy("exec \"$@\"", link + ":/usr/bin:/bin", word)).as(word).contains("program typed",
                    "word " + word);
        }
    }

    /// As `apt upgrade` does between the start of the JVM and that of the library.
    @Test
    void aProgramThatHasBeenReplacedIsFoundByItsName() throws Exception {
        Path program = folder.resolve("java");
        Path link = folder.resolve("exe");
        Files.createSymbolicLink(link, Path.of(program + " (deleted)"));
        RunningProgram running = RunningProgram.of(link).orElseThrow();
        assertThat(running.name(Optional.empty()).map(FileNames::shown)).contains(program.toString());
        Files.createFile(program);
        assertThat(running.is(program, Optional.empty())).isTrue();
        Path current = Files.createSymbolicLink(folder.resolve("current"), folder.resolve("elsewhere"));
        assertThat(running.is(current, Optional.of(current))).isTrue();
        assertThat(running.is(current, Optional.empty())).isFalse();
    }

    @Test
    void aProgramThatIsNotAtItsNameIsNotReplacedByWhatIs() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("exe"), folder.resolve("outside"));
        assertThat(RunningProgram.of(link).orElseThrow().name(Optional.empty())).isEmpty();
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

    /// As one with file capabilities is: root owns what the kernel says of it.
    @Test
    void whatTheKernelKeepsForRootIsKnownToTheProcessItself() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "NOT TESTED: needs root, to become somebody else");
        List<String> command = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", JAVA,
                "-XX:+UseSerialGC", "-Dundumpable=", "-cp", System.getProperty("java.class.path"),
                LaunchDescriptionTest.class.getName(), "", "b c");
        assertThat(lines(command, Path.of("/"), Map.of("KEPT", "a=b")))
                .contains("entry KEPT=a=b", "word b c", "program typed", "directory /")
                .noneMatch(line -> line.startsWith("flaw"));
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
