package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.cli.Shell.Ended;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The program as a process of its own: its exit status, its streams, and a signal while it waits.
class ProcessTest {
    /// Not SIGINT, which a program started in the background may have been told to ignore.
    private static final int SIGTERM = 15;

    /// Stands in for the program, with a server whose upgrade never ends.
    static final class WaitsForEver {
        private WaitsForEver() {
        }

        public static void main(String[] arguments) {
            PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
            PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
            FakeServer server = new FakeServer();
            server.steps.add(Samples.step(Phase.SPAWNING, 0));
            server.whileWaiting = WaitsForEver::hang;
            Surroundings surroundings = new Surroundings(Screen.of(out, false, Map.of(), () -> Terminal.COLUMNS_USUAL),
                    Screen.of(err, false, Map.of(), () -> Terminal.COLUMNS_USUAL), Map.of(), server, List::of,
                    Interruption.byShutdownHook(),
                    System::nanoTime, false);
            System.exit(Main.commandLine(surroundings).execute(arguments));
        }

        private static void hang() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Process start(Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("ECDYSIS_CONTROL");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        return builder.start();
    }

    private static Ended end(Process process) throws IOException, InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), new String(process.getInputStream().readAllBytes(),
                StandardCharsets.UTF_8),
                new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    @Test
    void endsWithTheExitCode() throws Exception {
        assertThat(end(start(Main.class, "--version")).status()).isZero();

        Ended usage = end(start(Main.class, "upgrade", "--json"));

        assertThat(usage.status()).isEqualTo(2);
        assertThat(usage.json().get("outcome").stringValue()).isEqualTo("usage");
    }

    @Test
    void aSignalWhileItWaitsIsAnswered() throws Exception {
        Process process = start(WaitsForEver.class, "upgrade", "--control", "/s", "--json");
        try {
            assertThat(process.errorReader(StandardCharsets.UTF_8).readLine()).contains("spawning");
            process.toHandle().destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();

            assertThat(process.exitValue()).isEqualTo(128 + SIGTERM);
            assertThat(process.errorReader().readLine()).contains("the upgrade goes on");
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(new Ended(0, out, "").json().get("outcome").stringValue()).isEqualTo("unknown");
        } finally {
            process.destroyForcibly();
        }
    }
}
