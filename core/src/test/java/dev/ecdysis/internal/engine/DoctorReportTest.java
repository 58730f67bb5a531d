package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.client.Check;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.internal.posix.LinuxPosix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a server says of itself when the doctor asks it.
class DoctorReportTest {
    @TempDir
    Path folder;

    private List<Check> ask(String... command) throws Exception {
        Path socket = folder.resolve("control");
        EngineBuilder builder = new EngineBuilder(LinuxPosix::open);
        builder.controlSocket(socket);
        if (command.length > 0) {
            builder.command(List.of(command));
        }
        try (Ecdysis ecdysis = builder.start()) {
            ecdysis.ready();
            try (ControlClient client = ControlClient.connect(socket, Duration.ofSeconds(10))) {
                return client.doctor();
            }
        }
    }

    @Test
    void tellsTheFlagsOfItsJvm() throws Exception {
        assertThat(ask()).anySatisfy(check -> {
            assertThat(check.name()).isEqualTo("flags");
            assertThat(check.verdict()).isEqualTo(Check.Verdict.PASS);
            assertThat(check.found()).contains("--enable-native-access");
        });
    }

    @Test
    void looksAtTheCommandThatASuccessorWillBeStartedWith() throws Exception {
        assertThat(ask("java", "-Xrs", "-XX:+AlwaysPreTouch", "-Xmx1m", "Main"))
                .contains(Check.pass("flags", "-Xrs -XX:+AlwaysPreTouch -Xmx1m"),
                        Check.pass("heap", "two generations need 1 MiB each at the same time during an upgrade"))
                .anySatisfy(check -> {
                    assertThat(check.name()).isEqualTo("signals");
                    assertThat(check.verdict()).isEqualTo(Check.Verdict.WARN);
                });
    }
}
