package dev.ecdysis.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.Exit;
import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// What is too small for a file of its own: echo, mute, the health check and the lines of the log.
class SmallPartsTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void echoSendsTheGenerationFirst() throws IOException, InterruptedException {
        EchoService echo = new EchoService(0x01020304, new Traffic(false));
        try (Loopback connection = Loopback.connect(echo.handler(true))) {
            assertThat(connection.read(4)).containsExactly(1, 2, 3, 4);
            String large = "0123456789".repeat(2000);
            assertThat(connection.send(large).finish().readAll()).isEqualTo(large);
            assertThat(connection.endsWithin(5000)).isTrue();
        }
    }

    @Test
    void muteAnswersNothingAndIsUnhealthy() throws Exception {
        Traffic traffic = new Traffic(true);
        try (Loopback connection = Loopback.connect(new MuteHandler(traffic))) {
            connection.send("hello").finish();
            assertThat(connection.readAll()).isEmpty();
        }
        traffic.check(0);
        traffic.check(SECOND - 1);
        assertThatThrownBy(() -> traffic.check(SECOND)).hasMessage("1 accepted and none answered for 1 s");
    }

    @Test
    void isHealthyWhileAnythingIsAnswered() throws Exception {
        Traffic traffic = new Traffic(true);
        traffic.check(0);
        traffic.received();
        traffic.received();
        for (int second = 1; second < 10; second++) {
            traffic.check(second * SECOND);
            traffic.received();
            traffic.answered();
        }
    }

    @Test
    void isHealthyWhenNobodyAsks() throws Exception {
        Traffic traffic = new Traffic(true);
        traffic.received();
        traffic.answered();
        traffic.check(0);
        traffic.check(100 * SECOND);
    }

    @Test
    void knowsItsProcess() throws IOException {
        assertThat(ProcessId.current()).isEqualTo(ProcessHandle.current().pid());
    }

    @Test
    void describesPhases() {
        UpgradeLog log = new UpgradeLog();
        assertThat(log.describe(Phase.INITIALISING, 3, "")).endsWith("role=successor");
        log.started(2);
        assertThat(log.describe(Phase.INITIALISING, 3, "pid 1240"))
                .isEqualTo("upgrade generation=3 phase=INITIALISING role=predecessor pid=1240");
        assertThat(log.describe(Phase.PREFLIGHT, 3, "two\n\"lines\""))
                .isEqualTo("upgrade generation=3 phase=PREFLIGHT role=predecessor detail=\"two 'lines'\"");
    }

    @Test
    void onlyWhoWasReplacedDrainsBecauseOfAnUpgrade() {
        UpgradeLog log = new UpgradeLog();
        assertThat(log.isOfUpgrade(Phase.PROBATION)).isTrue();
        assertThat(log.isOfUpgrade(Phase.DRAINING)).isFalse();
        log.ended(new UpgradeResult.RolledBack("mute", OptionalInt.empty(), List.of()));
        assertThat(log.isOfUpgrade(Phase.DRAINING)).isFalse();
        log.started(2);
        log.ended(new UpgradeResult.Committed(3, 5, Duration.ofMillis(212), Duration.ofNanos(300_000)));
        assertThat(log.isOfUpgrade(Phase.DRAINING)).isTrue();
        assertThat(log.describe(Phase.DRAINING, 2, "0 connections"))
                .isEqualTo("upgrade generation=2 phase=DRAINING role=predecessor detail=\"0 connections\"");
    }

    @Test
    void describesResults() {
        assertThat(UpgradeLog.describe(
                new UpgradeResult.Committed(1, 5, Duration.ofMillis(212), Duration.ofNanos(300_000)), 1))
                .isEqualTo("upgrade generation=1 result=committed pid=5 cutover=212ms pause=0.3ms");
        assertThat(UpgradeLog.describe(
                new UpgradeResult.Failed(Phase.INITIALISING, "died", OptionalInt.of(3), List.of()), 1))
                .isEqualTo("upgrade generation=1 result=failed phase=INITIALISING status=3 reason=\"died\"");
        assertThat(UpgradeLog.describe(
                new UpgradeResult.RolledBack("mute", OptionalInt.empty(), List.of()), 1))
                .isEqualTo("upgrade generation=1 result=rolled-back reason=\"mute\"");
        assertThat(UpgradeLog.describe(new UpgradeResult.Refused("busy"), 1))
                .isEqualTo("upgrade result=refused reason=\"busy\"");
    }

    @Test
    void describesExits() {
        assertThat(UpgradeLog.exiting(new Exit.Upgraded(9, 0)))
                .isEqualTo("exiting reason=upgraded cut-off=0 successor=9");
        assertThat(UpgradeLog.exiting(new Exit.Stopped(2))).isEqualTo("exiting reason=stopped cut-off=2");
        assertThat(UpgradeLog.exiting(new Exit.RolledBack("x")))
                .isEqualTo("exiting reason=rolled-back detail=\"x\"");
    }
}
