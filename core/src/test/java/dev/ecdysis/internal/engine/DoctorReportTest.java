package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.InterceptedPosix;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.scheduling.CompilerThreads;
import dev.ecdysis.status.Check;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a server says of itself when the doctor asks it.
class DoctorReportTest {
    @TempDir
    Path folder;

    private List<Check> ask() throws Exception {
        return ask(builder -> {
        });
    }

    private List<Check> ask(Consumer<Ecdysis.Builder> options) throws Exception {
        EngineBuilder builder = new EngineBuilder(LinuxPosix::open);
        options.accept(builder);
        return ask(builder);
    }

    private List<Check> ask(EngineBuilder builder) throws Exception {
        Path socket = folder.resolve("control");
        builder.controlSocket(socket);
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
    void tellsWhetherASuccessorBootsAtLowPriority() throws Exception {
        boolean possible = CompilerThreads.obstacle(LinuxPosix.open()).isEmpty();
        assertThat(ask()).anySatisfy(check -> {
            assertThat(check.name()).isEqualTo("low-priority boot");
            assertThat(check.verdict()).isEqualTo(possible ? Check.Verdict.PASS : Check.Verdict.WARN);
        });
        assertThat(ask(builder -> builder.lowPriorityBoot(Duration.ZERO)))
                .contains(Check.pass("low-priority boot", "off, as asked for"));
    }

    @Test
    void tellsHowToLetASuccessorBootAtLowPriority() throws Exception {
        Posix real = LinuxPosix.open();
        Posix unprivileged = InterceptedPosix.by((proxy, method, arguments) -> {
            if (method.getName().equals("setScheduler") && arguments[1].equals(Linux.SCHED_OTHER)) {
                throw new PosixException("sched_setscheduler", "thread", Errno.EPERM);
            }
            return InterceptedPosix.call(real, method, arguments);
        });
        assertThat(ask(new EngineBuilder(() -> unprivileged))).anySatisfy(check -> {
            assertThat(check.name()).isEqualTo("low-priority boot");
            assertThat(check.verdict()).isEqualTo(Check.Verdict.WARN);
            assertThat(check.found()).contains("SCHED_IDLE");
            assertThat(check.cure()).contains("LimitNICE");
        });
    }

    /// Somebody waits for an answer, whatever becomes of the thread that looks.
    @Test
    void aLookWithoutMemoryIsAnAnswer() {
        Posix real = LinuxPosix.open();
        Posix without = InterceptedPosix.by((proxy, method, arguments) -> {
            if (Thread.currentThread().getName().equals("ecdysis-doctor") && !method.getName().equals("write")) {
                throw new OutOfMemoryError("on purpose");
            }
            return InterceptedPosix.call(real, method, arguments);
        });
        assertThatThrownBy(() -> ask(new EngineBuilder(() -> without))).isInstanceOf(ControlException.class)
                .hasMessageContaining("could not be looked at").hasMessageContaining("on purpose");
    }

    @Test
    void looksAtTheCommandThatASuccessorWillBeStartedWith() throws Exception {
        assertThat(ask(builder -> builder.command(List.of("java", "-Xrs", "-XX:+AlwaysPreTouch", "-Xmx1m", "Main"))))
                .contains(Check.pass("flags", "-Xrs -XX:+AlwaysPreTouch -Xmx1m"))
                .anySatisfy(check -> {
                    assertThat(check.name()).isEqualTo("memory");
                    assertThat(check.found()).contains("heaps of 1 MiB (-Xmx1m -XX:+AlwaysPreTouch)");
                }).anySatisfy(check -> {
                    assertThat(check.name()).isEqualTo("signals");
                    assertThat(check.verdict()).isEqualTo(Check.Verdict.WARN);
                });
    }
}
