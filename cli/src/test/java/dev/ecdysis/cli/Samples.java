package dev.ecdysis.cli;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult.Committed;
import dev.ecdysis.UpgradeResult.Failed;
import dev.ecdysis.UpgradeResult.Refused;
import dev.ecdysis.UpgradeResult.RolledBack;
import dev.ecdysis.status.DrainingStatus;
import dev.ecdysis.status.ListenerStatus;
import dev.ecdysis.status.Progress;
import dev.ecdysis.status.ServerState;
import dev.ecdysis.status.ServerStatus;
import dev.ecdysis.status.UpgradeStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Answers of a server, for tests.
final class Samples {
    static final Committed COMMITTED = new Committed(4, 4711, Duration.ofMillis(812),
            Duration.ofNanos(93_400));
    static final Failed FAILED = new Failed(Phase.INITIALISING, "the successor exited before it was ready",
            OptionalInt.of(1), List.of("Exception in thread \"main\"", "\tat Broken.main"));
    static final RolledBack ROLLED_BACK = new RolledBack("no heartbeat for 2 s", OptionalInt.of(137),
            List.of("out of luck"));
    static final Refused REFUSED = new Refused("another upgrade is under way: wait for it");
    static final ServerStatus STATUS = in(ServerState.RUNNING);

    private Samples() {
    }

    /// A server that does this.
    static ServerStatus in(ServerState state) {
        return status(state, Optional.empty(), true);
    }

    /// The same before it has served.
    static ServerStatus notReady(ServerState state) {
        return status(state, Optional.empty(), false);
    }

    /// A server whose upgrade has come so far.
    static ServerStatus in(Phase phase) {
        return status(ServerState.UPGRADING, Optional.of(new UpgradeStatus(phase, 4, OptionalLong.of(1300),
                Duration.ofMillis(1_200))), true);
    }

    private static ServerStatus status(ServerState state, Optional<UpgradeStatus> upgrade, boolean ready) {
        return new ServerStatus(3, 1234, "1.4.2", state, upgrade, ready,
                Duration.ofHours(3).plusMinutes(5), Optional.of("/run/app/app.pid"),
                List.of(new ListenerStatus("http", "tcp:0.0.0.0:8080", 1, 17, true),
                        new ListenerStatus("admin", "unix:/run/app/admin.sock", 2, 0, false)),
                17,
                List.of(new DrainingStatus(2, 1200, Duration.ofSeconds(12), Duration.ofMillis(23_400), 3,
                        List.of("http: 3")),
                        new DrainingStatus(1, 1100, Duration.ofSeconds(70), Duration.ofSeconds(-1), -1,
                                List.of())),
                "constructor in sun.nio.ch", List.of("the last upgrade was rolled back"));
    }

    static Progress step(Phase phase, long millis) {
        return new Progress(phase, 4, OptionalLong.empty(), Duration.ofMillis(millis), 0, "");
    }

    static Progress drain(long connections, long millis) {
        return new Progress(Phase.DRAINING, 3, OptionalLong.empty(), Duration.ofMillis(millis), connections, "");
    }
}
