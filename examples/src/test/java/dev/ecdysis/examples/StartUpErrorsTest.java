package dev.ecdysis.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever keeps a server from starting is told in one line, and nothing else is.
class StartUpErrorsTest {
    private static final String ANY = "tcp:127.0.0.1:0";

    @TempDir
    Path folder;

    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(realOut);
        System.setErr(realErr);
    }

    private void assertOnlyError(String expected) {
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("ecdysis-examples: ").contains(expected)
                .satisfies(text -> assertThat(text.lines()).hasSize(1));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"http, http, there is a listener named http already", "http, a b, not a name: 'a b'",
        "http, ecdysis.control, not a name: 'ecdysis.control'"})
    void ofANameThatCannotBe(String first, String second, String expected) throws IOException {
        Path file = folder.resolve("listeners");
        Files.writeString(file, first + "=" + ANY + "\n" + second + "=" + ANY + "\n");
        assertThat(Main.run(new String[] {"http", "--listen-file", file.toString()})).isEqualTo(2);
        assertOnlyError(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--idle-grace", "--init-delay", "--drain", "--probation", "--ready-timeout",
        "--low-priority-boot"})
    void ofADurationThatNobodyMeans(String option) {
        assertThat(Main.run(new String[] {"http", "--listen", ANY, option, "3000000h"})).isEqualTo(2);
        assertOnlyError(option + ": too long: '3000000h'; at most 8760h");
    }

    @Test
    void ofAnAddressInUse() throws IOException {
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            String address = "tcp:127.0.0.1:" + holder.getLocalPort();
            assertThat(Main.run(new String[] {"http", "--listen", address})).isEqualTo(1);
            assertOnlyError("cannot listen on " + address + " (http): port " + holder.getLocalPort() + " is in use by");
        }
    }

    @Test
    void ofAControlPathThatIsTooLong() {
        String path = folder.resolve("x".repeat(108)).toString();
        assertThat(Main.run(new String[] {"http", "--listen", ANY, "--control", path})).isEqualTo(2);
        assertOnlyError("107");
    }

    @Test
    void ofTooManySockets() {
        assertThat(Main.run(new String[] {"http", "--listen", ANY, "--sockets", "1001"})).isEqualTo(2);
        assertOnlyError("--sockets must be between 1 and 1000");
    }

    @Test
    void ofAPidFileThatCannotBeWritten() {
        Path file = folder.resolve("missing/pid");
        assertThat(Main.run(new String[] {"http", "--listen", ANY, "--pid-file", file.toString()})).isEqualTo(1);
        assertOnlyError("cannot write the PID file " + file);
    }
}
