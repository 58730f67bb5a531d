package dev.ecdysis.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.status.Check;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The checks that do something leave nothing behind, whatever fails.
class DoctorTest {
    /// Those that have ended and were not waited for included.
    private final Set<Long> before = children();
    private final FaultingPosix posix = new FaultingPosix(LinuxPosix.open());

    @Test
    void startsAProcessAndWaitsForIt() {
        assertThat(Doctor.spawn(posix).verdict()).isEqualTo(Check.Verdict.PASS);
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @CsvSource({"pidfdOpen,1,WARN", "spawn,1,FAIL", "pidfdOpen,2,FAIL"})
    void leavesNothingBehindWhenACallFails(String call, int n, Check.Verdict expected) {
        posix.failAt(call, n);

        assertThat(Doctor.spawn(posix).verdict()).isEqualTo(expected);
        assertThat(posix.injected()).isPresent();
        assertNothingIsLeft();
    }

    @Test
    void triesAFilter() {
        assertThat(Doctor.filter(posix).verdict()).isEqualTo(Check.Verdict.PASS);
        assertThat(posix.calls()).contains("attachFilter");
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"socket", "attachFilter"})
    void saysHowToAllowAFilter(String call) {
        posix.failAt(call, 1);
        Check check = Doctor.filter(posix);
        assertThat(check.verdict()).isEqualTo(Check.Verdict.WARN);
        assertThat(check.cure()).contains("SO_ATTACH_FILTER").contains("CAP_NET_ADMIN");
        assertNothingIsLeft();
    }

    @Test
    void knowsOfTheFilter() {
        assertThat(Doctor.checkMachine()).extracting(Check::name).contains("listeners that are given up");
    }

    private static Set<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    private void assertNothingIsLeft() {
        assertThat(posix.openDescriptors()).isEmpty();
        assertThat(before).containsAll(children());
    }
}
