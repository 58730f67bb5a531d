package dev.ecdysis.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.InterceptedPosix;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SpawnRequest;
import dev.ecdysis.internal.wire.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// How much the kernel takes, by asking it.
class LaunchSizeTest {
    private static final Posix POSIX = LinuxPosix.open();
    private static final String TRUE = "/bin/true";
    private static final HandoverVariable VARIABLE = new HandoverVariable(3, 1, 1);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static LaunchDescription launch(List<byte[]> arguments, List<byte[]> environment) {
        return LaunchDescription.of(new Message.LaunchDescription(arguments, environment, new byte[] {'/'}));
    }

    private static NextLaunch next(LaunchDescription launch) {
        return new NextLaunch(launch, launch, Optional.empty());
    }

    /// Whether the kernel executes it.
    private static boolean starts(LaunchDescription launch) throws Exception {
        try {
            int pid = POSIX.spawn(new SpawnRequest(TRUE, launch.arguments(), launch.environmentWith(VARIABLE),
                    launch.directory(), Map.of()));
            try (Fd pidfd = POSIX.pidfdOpen(pid)) {
                POSIX.poll(List.of(new dev.ecdysis.internal.posix.PollFd(pidfd, 1)), 10_000);
                POSIX.waitid(pidfd);
            }
            return true;
        } catch (PosixException e) {
            assertThat(e.is(Errno.E2BIG)).as(e.toString()).isTrue();
            return false;
        }
    }

    /// To the byte: what is told to fit starts, and what is told not to fit does not, but for what the variable of the
    /// handover may be longer another time.
    @Test
    void theKernelTakesWhatIsSaid() throws Exception {
        long most = LaunchSize.limit(Files.readString(Path.of("/proc/self/limits")));
        for (int length : new int[] {10, 100, 100_000}) {
            List<byte[]> environment = new ArrayList<>();
            LaunchDescription launch = launch(List.of(bytes(TRUE)), environment);
            long each = length + 1L + Long.BYTES;
            long room = most - LaunchSize.of(launch, most).bytes();
            environment.addAll(Collections.nCopies((int) (room / each), bytes("A=" + "x".repeat(length - 2))));
            long rest = room % each;
            LaunchDescription full = launch(List.of(bytes(TRUE)), environment);
            assertThat(LaunchSize.of(full, most).bytes()).isEqualTo(most - rest);
            assertThat(LaunchSize.of(full, most).obstacle()).isEmpty();
            assertThat(starts(full)).isTrue();
            int tolerance = 40;
            environment.add(bytes("B=" + "x".repeat((int) rest + tolerance)));
            LaunchDescription over = launch(List.of(bytes(TRUE)), environment);
            assertThat(LaunchSize.of(over, most).obstacle()).isPresent();
            assertThat(starts(over)).isFalse();
        }
    }

    @Test
    void whatDoesNotFitIsSaidInNumbers() {
        LaunchDescription launch = launch(List.of(bytes(TRUE)), List.of(bytes("A=b")));
        long needed = LaunchSize.of(launch, 1_000).bytes();
        assertThat(LaunchSize.of(launch, needed).obstacle()).isEmpty();
        assertThat(LaunchSize.of(launch, needed).isNearLimit()).isTrue();
        assertThat(LaunchSize.of(launch, needed * 2).isNearLimit()).isFalse();
        assertThat(LaunchSize.of(launch, needed - 1).obstacle().orElseThrow().line()).isEqualTo("a successor needs "
                + needed + " bytes for 1 arguments and 3 variables of the environment, and the kernel takes "
                + (needed - 1) + " (a quarter of the stack's limit); make them smaller, or raise that limit before the"
                + " server is started: ulimit -s, LimitSTACK=");
    }

    @Test
    void theLimitIsThatOfTheStack() {
        String line = "Limit   Soft Limit\nMax stack size             %s              unlimited            bytes\n";
        assertThat(LaunchSize.limit(line.formatted("8388608"))).isEqualTo(2_097_152);
        assertThat(LaunchSize.limit(line.formatted("unlimited"))).isEqualTo(6_291_456);
        assertThat(LaunchSize.limit(line.formatted("99999999999"))).isEqualTo(6_291_456);
        assertThat(LaunchSize.limit(line.formatted("4096"))).isEqualTo(131_072);
    }

    @Test
    void anArgumentThatIsTooLongIsNoted() throws Exception {
        LaunchDescription longest = launch(List.of(bytes(TRUE), bytes("x".repeat(131_071))), List.of());
        assertThat(LaunchSize.tooLong(longest)).isEmpty();
        assertThat(starts(longest)).isTrue();
        LaunchDescription over = launch(List.of(bytes(TRUE), bytes("x".repeat(131_072))), List.of());
        assertThat(LaunchSize.obstacle(POSIX, next(over)).orElseThrow().found())
                .isEqualTo("an argument has 131072 bytes, and the kernel takes none of more than 131071");
    }

    /// As a seccomp filter does it.
    @Test
    void whatCannotBeHandedOverIsNoted() {
        Posix without = InterceptedPosix.by((proxy, method, arguments) -> {
            if (method.getName().equals("memfdCreate")) {
                throw new PosixException("memfd_create", "ecdysis-launch", Errno.EPERM);
            }
            return InterceptedPosix.call(POSIX, method, arguments);
        });
        LaunchDescription large = launch(List.of(bytes(TRUE)), Collections.nCopies(17_000, bytes("A=b")));
        assertThat(LaunchSize.obstacle(POSIX, next(large))).isEmpty();
        assertThat(LaunchSize.obstacle(without, next(large)).orElseThrow().line())
                .contains("memfd_create(ecdysis-launch): EPERM", "allow memfd_create(2)");
        assertThat(LaunchSize.obstacle(without, next(launch(List.of(bytes(TRUE)), List.of())))).isEmpty();
    }
}
