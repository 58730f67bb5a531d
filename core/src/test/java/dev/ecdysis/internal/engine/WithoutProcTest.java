package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.client.Doctor;
import dev.ecdysis.status.Check;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where /proc is not mounted, what is told is to mount it.
class WithoutProcTest {
    private static final int LIMIT_SECONDS = 60;
    private static final Path UNSHARE = Path.of("/usr/bin/unshare");
    private static final String CURE = "mount -t proc proc /proc";

    @TempDir
    Path folder;

    static final class Started {
        public static void main(String[] arguments) {
            try (Ecdysis ecdysis = Ecdysis.builder().start()) {
                System.out.println("generation " + ecdysis.generation());
            } catch (EcdysisException e) {
                System.out.println("caught: " + e.getMessage());
            }
            Check last = Doctor.checkMachine().getLast();
            System.out.println("doctor: " + last.verdict() + " " + last.name() + ": " + last.cure());
        }
    }

    @Test
    void aStartAndTheDoctorSayToMountIt() throws Exception {
        assumeTrue(Files.isExecutable(UNSHARE) && run(List.of("true")).exitValue() == 0,
                "needs to be allowed a mount namespace of its own");
        Process process = run(TinyServer.java(Started.class));
        assertThat(Files.readAllLines(output())).containsExactly(
                "caught: cannot start: /proc is not mounted, and upgrades need it: " + CURE,
                "doctor: FAIL /proc: " + CURE);
        assertThat(process.exitValue()).isZero();
    }

    private Path output() {
        return folder.resolve("output");
    }

    /// In a mount namespace whose /proc is empty. Without it the launcher cannot find its own libraries.
    private Process run(List<String> command) throws Exception {
        List<String> words = new ArrayList<>(List.of(UNSHARE.toString(), "--mount", "sh", "-c",
                "mount -t tmpfs none /proc && exec \"$@\"", "sh"));
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true)
                .redirectOutput(output().toFile());
        Path libraries = Path.of(System.getProperty("java.home"), "lib");
        builder.environment().put("LD_LIBRARY_PATH", libraries + ":" + libraries.resolve("server"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return process;
    }
}
