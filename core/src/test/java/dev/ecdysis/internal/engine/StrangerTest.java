package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.internal.posix.LinuxPosix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Another user is turned away by the server itself, where the permissions of the path would let him in.
class StrangerTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NOBODY = "65534";

    @Test
    void anotherUserIsTurnedAway() throws Exception {
        Path setpriv = Path.of("/usr/bin/setpriv");
        assumeTrue(LinuxPosix.open().geteuid() == 0 && Files.isExecutable(setpriv), "needs root and setpriv");
        // Not a @TempDir, which nobody else may enter.
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "ecdysis-stranger");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Laboratory laboratory = new Laboratory(folder)) {
            assertThat(Files.getPosixFilePermissions(laboratory.control()))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(ask(setpriv, laboratory)).contains("run this as the server's user or as root");
            Files.setPosixFilePermissions(laboratory.control(), PosixFilePermissions.fromString("rw-rw-rw-"));
            assertThat(ask(setpriv, laboratory)).contains("user " + NOBODY + " may not control this server");
            laboratory.check("afterwards");
        } finally {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private static String ask(Path setpriv, Laboratory laboratory) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(setpriv.toString(), "--reuid=" + NOBODY, "--regid=" + NOBODY,
                "--clear-groups"));
        command.addAll(TinyServer.java(StrangerTest.class));
        command.add(laboratory.control().toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        assumeTrue(status == 0, "another user cannot run this: " + output);
        return output;
    }

    /// The other user.
    public static void main(String[] arguments) {
        try (ControlClient client = ControlClient.connect(Path.of(arguments[0]), LIMIT)) {
            System.out.println(client.status());
        } catch (ControlException e) {
            System.out.println(e.reason() + " " + e.getMessage());
        }
    }
}
