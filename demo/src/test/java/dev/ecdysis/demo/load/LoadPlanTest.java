package dev.ecdysis.demo.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LoadPlanTest {
    private static final LoadPlan PLAN = LoadPlan
            .to(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));

    @Test
    void loadNeverLeavesThisMachine() throws Exception {
        InetAddress elsewhere = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadPlan.to(new InetSocketAddress(elsewhere, 80)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadPlan.to(InetSocketAddress.createUnresolved("localhost", 80)));
    }

    @Test
    void aValueOutOfRangeIsNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> PLAN.requestsPerSecond(Double.NaN))
                .withMessageContaining("requestsPerSecond");
        assertThatIllegalArgumentException().isThrownBy(() -> PLAN.keepAliveShare(1.5))
                .withMessageContaining("keepAliveShare");
        assertThatIllegalArgumentException().isThrownBy(() -> PLAN.duration(Duration.ofDays(1)))
                .withMessageContaining("duration");
        assertThatIllegalArgumentException().isThrownBy(() -> PLAN.path("/a b"))
                .withMessageContaining("path");
    }

    @Test
    void theScheduleIsEvenAndEnds() {
        Schedule schedule = new Schedule(PLAN.requestsPerSecond(100).duration(Duration.ofSeconds(2)));
        assertThat(schedule.count()).isEqualTo(200);
        assertThat(schedule.due(0)).isZero();
        assertThat(schedule.due(100)).isEqualTo(1_000_000_000);
        assertThat(new Schedule(PLAN.requestsAtMost(7)).count()).isEqualTo(7);
    }

    @Test
    void modesAreSpreadByTheirShare() {
        assertThat(kept(0)).isZero();
        assertThat(kept(0.25)).isEqualTo(250);
        assertThat(kept(0.5)).isEqualTo(500);
        assertThat(kept(1)).isEqualTo(1000);
    }

    private static int kept(double share) {
        Schedule schedule = new Schedule(PLAN.keepAliveShare(share));
        int kept = 0;
        for (int i = 0; i < 1000; i++) {
            kept += schedule.mode(i) == Mode.KEEP_ALIVE ? 1 : 0;
        }
        return kept;
    }
}
