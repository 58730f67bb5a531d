package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.internal.libc.LinuxPosix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Another user is turned away by the server itself, where the permissions of the path would let him in.
class StrangerTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NOBODY = "65534";
    private static final List<String> AS_NOBODY = List.of("/usr/bin/setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY,
            "--clear-groups");
    private static final Set<PosixFilePermission> FOR_ALL = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final List<String> WISHES = List.of("status", "upgrade", "stop");

    @Test
    void anotherUserIsTurnedAway() throws Exception {
        assumeTrue(canBeNobody(), "needs root, setpriv, and a JDK that others may run");
        // Not a @TempDir, which nobody else may enter.
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "ecdysis-stranger");
        try {
            Files.setPosixFilePermissions(folder, FOR_ALL);
            String classPath = copyClasses(folder);
            Path servers = Files.setPosixFilePermissions(Files.createDirectory(folder.resolve("server")), FOR_ALL);
            try (Laboratory laboratory = new Laboratory(servers)) {
                assertThat(Files.getPosixFilePermissions(laboratory.control()))
                        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
                assertEachAnswered(classPath, laboratory, "run this as the server's user or as root");
                Files.setPosixFilePermissions(laboratory.control(), PosixFilePermissions.fromString("rw-rw-rw-"));
                assertEachAnswered(classPath, laboratory, "user " + NOBODY + " may not control this server");
                laboratory.check("afterwards");
            }
        } finally {
            delete(folder);
        }
    }

    /// Whether there is another user at all, who can run a JVM.
    private static boolean canBeNobody() throws IOException, InterruptedException {
        if (LinuxPosix.open().geteuid() != 0 || !Files.isExecutable(Path.of(AS_NOBODY.getFirst()))) {
            return false;
        }
        List<String> command = new ArrayList<>(AS_NOBODY);
        command.add(TinyServer.java(StrangerTest.class).getFirst());
        command.add("-version");
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }

    /// To where another user may read them, and the library's with them.
    private static String copyClasses(Path folder) throws IOException {
        List<String> copies = new ArrayList<>();
        for (Class<?> one : List.of(StrangerTest.class, ControlClient.class)) {
            Path from = Path.of(one.getProtectionDomain().getCodeSource().getLocation().getPath());
            Path to = folder.resolve("classes-" + copies.size());
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : files.toList()) {
                    Path copy = to.resolve(from.relativize(file).toString());
                    Files.setPosixFilePermissions(Files.copy(file, copy), FOR_ALL);
                }
            }
            copies.add(to.toString());
        }
        return String.join(":", copies);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void assertEachAnswered(String classPath, Laboratory laboratory, String expected)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(AS_NOBODY);
        command.addAll(TinyServer.java(StrangerTest.class));
        command.set(command.indexOf("-cp") + 1, classPath);
        command.add(laboratory.control().toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("exit status; output: %s", output).isZero();
        assertThat(output.lines().filter(line -> line.startsWith("asked for "))).as(output).hasSize(WISHES.size())
                .allSatisfy(line -> assertThat(line).contains(expected));
    }

    /// The other user.
    public static void main(String[] arguments) {
        for (String wish : WISHES) {
            System.out.println("asked for " + wish + ": " + ask(wish, Path.of(arguments[0])));
        }
    }

    private static String ask(String wish, Path control) {
        try (ControlClient client = ControlClient.connect(control, LIMIT)) {
            return switch (wish) {
                case "status" -> client.status().toString();
                case "upgrade" -> client.upgrade(progress -> {
                }).toString();
                default -> {
                    client.stop(progress -> {
                    });
                    yield "stopped";
                }
            };
        } catch (ControlException e) {
            return e.reason() + " " + e.getMessage();
        }
    }
}
