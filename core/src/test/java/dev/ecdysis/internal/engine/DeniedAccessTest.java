package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.EcdysisException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who forgot the flag is told which, by the exception that a start is documented to throw, and by nothing else.
class DeniedAccessTest {
    private static final int LIMIT_SECONDS = 60;

    @TempDir
    Path folder;

    static final class Denied {
        public static void main(String[] arguments) {
            try (Ecdysis ecdysis = Ecdysis.builder().start()) {
                System.out.println("generation " + ecdysis.generation());
            } catch (EcdysisException e) {
                System.out.println("caught: " + e.getMessage());
            }
        }
    }

    @Test
    void aStartSaysInOneLineWhatToDo() throws Exception {
        List<String> command = new ArrayList<>(TinyServer.java(Denied.class));
        command.replaceAll(word -> word.startsWith("--enable-native-access") ? "--illegal-native-access=deny" : word);
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readAllLines(output)).containsExactly("caught: native access is denied, and system calls"
                + " need it: start java with --enable-native-access=ALL-UNNAMED");
    }
}
