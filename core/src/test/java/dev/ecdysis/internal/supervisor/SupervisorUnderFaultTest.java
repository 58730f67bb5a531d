package dev.ecdysis.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.InterceptedPosix;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.Reaped;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A container ends with its supervisor, so that must not end for want of anything while the server lives.
@Timeout(60)
class SupervisorUnderFaultTest {
    private static final Posix REAL = LinuxPosix.open();
    private static final Set<String> OF_A_ROUND = Set.of("poll", "reapAny", "receiveDatagram", "read");
    private static final int STATUS = 7;
    private static final int FAILURES = 30;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private int failures;
    private int calls;
    private @Nullable Fd pidfd;
    private int pid;

    /// Of other tests' children it must know nothing.
    private Object call(Method method, Object... arguments) throws Throwable {
        if (OF_A_ROUND.contains(method.getName()) && ++calls % 3 == 0 && failures < FAILURES) {
            failures++;
            if (failures % 2 == 0) {
                throw new OutOfMemoryError("on purpose");
            }
            throw new PosixException(method.getName(), "on purpose", Errno.ENOMEM);
        }
        return switch (method.getName()) {
            case "becomeSubreaper" -> null;
            case "reapAny" -> reap();
            case "spawn" -> {
                pid = (int) InterceptedPosix.call(REAL, method, arguments);
                pidfd = REAL.pidfdOpen(pid);
                yield pid;
            }
            default -> InterceptedPosix.call(REAL, method, arguments);
        };
    }

    private Optional<Reaped> reap() throws PosixException {
        Fd child = pidfd;
        OptionalInt status = child == null ? OptionalInt.empty() : REAL.waitid(child);
        if (child == null || status.isEmpty()) {
            return Optional.empty();
        }
        child.close();
        pidfd = null;
        return Optional.of(new Reaped(pid, status.getAsInt()));
    }

    @Test
    void itGoesOnAndEndsWithTheServersStatus() throws Exception {
        Posix posix = InterceptedPosix.by((proxy, method, arguments) -> call(method, arguments));
        Report report = new Report(new PrintStream(said, true, StandardCharsets.UTF_8));
        try (Supervisor supervisor = Supervisor.open(posix, List.of(), report)) {
            assertThat(supervisor.run(List.of(bytes("sh"), bytes("-c"), bytes("sleep 1; exit " + STATUS))))
                    .isEqualTo(STATUS);
        }
        report.end();
        assertThat(failures).isGreaterThan(4);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("it goes on after", "ENOMEM");
    }

    private static byte[] bytes(String word) {
        return word.getBytes(StandardCharsets.UTF_8);
    }
}
